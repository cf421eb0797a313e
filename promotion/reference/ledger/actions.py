"""The way from a list of records to the page that merges two of them."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@admin.action(
    description=gettext_lazy("合并所选的两条%(verbose_name_plural)s"), permissions=["merge"]
)
def merge_chosen(model_admin, request, queryset):
    """Open the page that merges the two chosen records; it asks for the rights and for a choice."""
    chosen = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
    if len(chosen) != 2:
        model_admin.message_user(request, _("请正好选两条再合并。"), messages.ERROR)
        return None
    label = model_admin.model._meta.label_lower
    return HttpResponseRedirect(reverse("admin:merge", args=[label, *chosen]))
