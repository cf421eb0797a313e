"""The addresses of the staff side; a worker imports them when the first of staff comes by."""

from django.contrib import admin

admin.autodiscover()
urlpatterns, app_name, _namespace = admin.site.urls
