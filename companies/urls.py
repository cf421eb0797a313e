from django.urls import path

from companies import views

urlpatterns = [
    path("companies/", views.CompanyList.as_view(), name="company_list"),
    path("companies/<slug:slug>/", views.CompanyDetail.as_view(), name="company_detail"),
]
