from django.urls import path

from promotion.reference import views
from promotion.reference.editorial.previews import preview

urlpatterns = [
    path("industries/", views.IndustryList.as_view(), name="industry_list"),
    path("industries/<slug:slug>/", views.IndustryDetail.as_view(), name="industry_detail"),
    path("sources/", views.SourceList.as_view(), name="source_list"),
    path("sources/<slug:slug>/", views.SourceDetail.as_view(), name="source_detail"),
    path("preview/<str:token>/", preview, name="preview"),
    path(
        "sources/<slug:slug>/citations/<int:pk>/",
        views.CitationDetail.as_view(),
        name="citation_detail",
    ),
]
