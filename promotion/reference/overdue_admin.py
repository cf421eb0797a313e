"""The staff page of facts to check again, with the button that says they still hold."""

import re
from collections import defaultdict
from functools import partial

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from promotion.reference.admin_bases import confirm_and_tell
from promotion.reference.freshness import overdue_among, reviewed_models
from promotion.reference.radar import with_names
from promotion.reference.reach import nameable, within_reach
from promotion.reference.staff_pages import change_address, chosen, viewable

MAX_ROWS = 200
NOBODY = "none"
ROW = re.compile(r"(?P<name>[a-z]+):(?P<pk>[0-9]{1,18})")


def overdue_urls(site):
    """Return the address of the page in an admin site."""
    return [path("overdue/", site.admin_view(partial(overdue_list, site=site)), name="overdue")]


def of_person(rows, person, people):
    """Return the rows that one of the people is to check; `NOBODY` asks for those of nobody."""
    if person == NOBODY:
        return rows.filter(responsible=None)
    return rows.filter(responsible=people[person]) if person in people else rows


def named_rows(admins, request, named):
    """Return querysets of the rows that a form names as "model:id", if the user may change them."""
    ids = defaultdict(list)
    for text in named:
        match = ROW.fullmatch(text)
        if not match or match["name"] not in admins:
            continue
        if not admins[match["name"]].has_change_permission(request):
            raise PermissionDenied
        ids[match["name"]].append(int(match["pk"]))
    return [
        within_reach(request.user, "change", admins[name].get_queryset(request)).filter(pk__in=pks)
        for name, pks in ids.items()
    ]


def overdue_list(request, site):
    """List what is to be checked by now, person by person; take in what is still true."""
    admins = viewable(site, request, reviewed_models())
    if not admins:
        raise PermissionDenied
    if request.method == "POST":
        named = [request.POST["one"]] if "one" in request.POST else request.POST.getlist("row")
        querysets = named_rows(admins, request, named)
        if querysets:
            confirm_and_tell(request, *querysets)
        return redirect(request.get_full_path())
    asked, person = request.GET.get("model", ""), request.GET.get("responsible", "")
    staff = nameable(request.user, get_user_model()).filter(is_staff=True).order_by("username")
    people = {str(user.pk): user for user in staff}
    rows = []
    for found in chosen(admins, request, asked):
        rows += with_names(of_person(overdue_among(found), person, people))[: MAX_ROWS + 1]
    rows.sort(key=lambda row: (str(row.responsible or ""), str(row.review_due or ""), row.pk))
    groups = defaultdict(list)
    for row in rows[:MAX_ROWS]:
        row_admin = admins[row._meta.model_name]
        groups[row.responsible].append(
            {
                "record": row,
                "name": f"{row._meta.model_name}:{row.pk}",
                "kind": row._meta.verbose_name,
                "about": getattr(row, "subject", None),
                "due": row.review_due,
                "address": change_address(row, "verified_on"),
                "may_change": row_admin.has_change_permission(request, row),
            }
        )
    return TemplateResponse(
        request,
        "admin/overdue.html",
        {
            **site.each_context(request),
            "title": _("待核实"),
            "kinds": {name: row.opts.verbose_name for name, row in admins.items()},
            "asked": asked if asked in admins else "",
            "people": people,
            "person": person,
            "nobody": NOBODY,
            "groups": [(user, lines) for user, lines in groups.items()],
            "is_cut": len(rows) > MAX_ROWS,
        },
    )
