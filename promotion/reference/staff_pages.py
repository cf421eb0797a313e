"""What the pages of the staff side share that are no page of one model."""

from django.contrib.admin.utils import quote
from django.urls import reverse


def change_address(record, name):
    """Return the address of a record's form at one of its fields."""
    options = record._meta
    page = f"admin:{options.app_label}_{options.model_name}_change"
    return f"{reverse(page, args=[quote(record.pk)])}#id_{name}"


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
