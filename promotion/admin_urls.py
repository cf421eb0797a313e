"""The addresses of the staff side, which a worker imports once it has started (on_demand.py)."""

from django.contrib import admin

admin.autodiscover()
urlpatterns, app_name, _namespace = admin.site.urls
