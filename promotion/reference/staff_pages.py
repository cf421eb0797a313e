"""What the pages of the staff side share that are no page of one model."""

from django.contrib.admin.utils import quote
from django.urls import reverse

from promotion.reference.reach import within_reach


def change_address(record, field=""):
    """Return the address of a record's form, at one of its fields if it is named."""
    options = record._meta
    page = f"admin:{options.app_label}_{options.model_name}_change"
    address = reverse(page, args=[quote(record.pk)])
    return f"{address}#id_{field}" if field else address


def viewable(site, request, models):
    """Return the admins of those models whose rows the user may view, by the model's name."""
    return {
        model._meta.model_name: site.get_model_admin(model)
        for model in models
        if site.is_registered(model) and site.get_model_admin(model).has_view_permission(request)
    }


def chosen(admins, request, name):
    """Return the rows, of the model that an address asks for by name or of all, to be viewed."""
    return [
        within_reach(request.user, "view", row.model._default_manager.all())
        for key, row in admins.items()
        if name not in admins or key == name
    ]
