from django.urls import path

from parks import views

urlpatterns = [
    path("belts/", views.BeltList.as_view(), name="belt_list"),
    path("belts/<slug:slug>/", views.BeltDetail.as_view(), name="belt_detail"),
    path("belts/<slug:slug>/drawing.svg", views.BeltSvg.as_view(), name="belt_svg"),
    path("belts/<slug:slug>/drawing.png", views.BeltPng.as_view(), name="belt_png"),
    path("parks/", views.ParkList.as_view(), name="park_list"),
    path("parks/<slug:slug>/", views.ParkDetail.as_view(), name="park_detail"),
    path("spaces/", views.SpaceList.as_view(), name="space_list"),
    path("incubators/", views.IncubatorList.as_view(), name="incubator_list"),
    path("incubators/<slug:slug>/", views.IncubatorDetail.as_view(), name="incubator_detail"),
]
