from django.urls import path

from promotion.api.kinds import KINDS
from promotion.on_demand import OnDemand

urlpatterns = [
    path("", OnDemand("promotion.api.views.Index"), name="api_index"),
    path("schema/", OnDemand("promotion.api.views.Schema"), name="api_schema"),
]
for name, kind in KINDS.items():
    urlpatterns += [
        path(
            f"{name}/",
            OnDemand("promotion.api.views.RecordList", kind=kind),
            name=f"api_{name}_list",
        ),
        path(
            f"{name}/<path:key>/",
            OnDemand("promotion.api.views.RecordDetail", kind=kind),
            name=f"api_{name}_detail",
        ),
    ]
urlpatterns.append(path("<path:rest>", OnDemand("promotion.api.views.Nothing")))
