"""An admin site of plain ModelAdmins with nothing but the mixin, for the tests of the mixin."""

from django.contrib.admin import ModelAdmin
from django.urls import path

from companies.models import Company
from companies.resources import CompanyResource
from parks.models import Park
from parks.resources import ParkResource
from promotion.admin_site import PromotionAdminSite
from promotion.reference.spreadsheets.admin import SpreadsheetAdminMixin
from promotion.urls import urlpatterns as site_urls

site = PromotionAdminSite(name="sheets")


class CompanyAdmin(SpreadsheetAdminMixin, ModelAdmin):
    resource_class = CompanyResource
    list_filter = ["status", "industries"]
    search_fields = ["name"]


class ParkAdmin(SpreadsheetAdminMixin, ModelAdmin):
    resource_class = ParkResource


site.register(Company, CompanyAdmin)
site.register(Park, ParkAdmin)
urlpatterns = [path("sheets/", site.urls), *site_urls]
