from django.contrib import admin
from import_export.admin import ImportExportModelAdmin

from benchmarks.tutorial.models import Citation, Company, Figure, Industry, Park, Source, Tenancy

for model in (Citation, Company, Figure, Industry, Park, Source, Tenancy):
    admin.site.register(model, ImportExportModelAdmin)
