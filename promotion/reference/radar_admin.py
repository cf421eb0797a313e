"""The staff page of promises that nobody has confirmed."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from promotion.reference.radar import expired_promises, forward_models
from promotion.reference.staff_pages import change_address, chosen, viewable
from promotion.reference.wording import claim_words

MAX_PROMISES = 500


def radar_urls(site):
    """Return the address of the page in an admin site."""
    return [path("radar/", site.admin_view(partial(radar, site=site)), name="radar")]


def radar(request, site):
    """List the public promises that are unconfirmed, of the kinds that the user may view."""
    admins = viewable(site, request, forward_models())
    if not admins:
        raise PermissionDenied
    asked = request.GET.get("model", "")
    promises = expired_promises(chosen(admins, request, asked))
    shown = promises[:MAX_PROMISES]
    return TemplateResponse(
        request,
        "admin/radar.html",
        {
            **site.each_context(request),
            "title": _("到期承诺"),
            "kinds": {name: row.opts.verbose_name for name, row in admins.items()},
            "asked": asked if asked in admins else "",
            "total": len(promises),
            "is_cut": len(promises) > len(shown),
            "rows": [
                {
                    "promise": promise,
                    "kind": promise.record._meta.verbose_name,
                    "about": getattr(promise.record, "subject", None),
                    "words": claim_words(promise.record),
                    "address": change_address(promise.record, promise.field_to_mend),
                }
                for promise in shown
            ],
        },
    )
