from django.contrib import admin
from django.urls import path

from benchmarks.tutorial import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", views.Home.as_view(), name="home"),
    path("companies/", views.CompanyList.as_view(), name="company_list"),
    path("companies/<slug:slug>/", views.CompanyDetail.as_view(), name="company_detail"),
]
