"""What the pages of the staff side share that are no page of one model."""

from django.contrib.admin.utils import quote
from django.urls import reverse


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


def chosen(admins, name):
    """Return the models that an address asks for by name: that one, or all of them."""
    return [row.model for key, row in admins.items() if name not in admins or key == name]
