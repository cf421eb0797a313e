"""Addresses that name a record which was merged into another lead to that of the other."""

from functools import wraps
from urllib.parse import urlencode

from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control

from promotion.reference.ledger.models import Merge, successor_of
from promotion.reference.models import subject_models
from promotion.reference.records import PublicRecord

# A merge can be undone: no browser may hold on to where it led for good.
REDIRECT_SECONDS = 3600
MAX_VALUES = 50
"""How many values of a query are looked up; no address of ours has as many."""


def redirect_to(address):
    response = HttpResponsePermanentRedirect(address)
    patch_cache_control(response, max_age=REDIRECT_SECONDS)
    return response


def public_successor(model, slug):
    """Return the public record into which the one that had this slug was merged, or None."""
    successor = successor_of(model, slug)
    return successor if successor is not None and successor.is_public() else None


def redirect_path(request, model):
    """Return the way to the same page of the record that the path's one was merged into.

    Raises Http404 where there is none.
    """
    match = request.resolver_match
    successor = public_successor(model, match.kwargs["slug"])
    if successor is None:
        raise Http404
    return redirect_to(reverse(match.view_name, kwargs={**match.kwargs, "slug": successor.slug}))


def follows_merges(model):
    """Let a view of the page of one record, which it does not find, lead to that of another."""

    def decorate(view):
        @wraps(view)
        def follow(request, *args, **kwargs):
            try:
                return view(request, *args, **kwargs)
            except Http404:
                return redirect_path(request, model)

        return follow

    return decorate


def redirect_query(request, models=None):
    """Return the way to the same page with the slugs of records that others were merged into.

    `models` are those that the query's names stand for, by default each model by its own name.
    None where nothing of the query was merged: to be asked once something was not found.
    """
    models = models or {model._meta.model_name: model for model in subject_models(PublicRecord)}
    pairs = [(name, value) for name, values in request.GET.lists() for value in values]
    asked = {value for name, value in pairs[:MAX_VALUES] if name in models and "\0" not in value}
    gone = Merge.objects.filter(undone_at=None, gone_slug__in=asked)
    merged = set(gone.values_list("gone_slug", flat=True)) if asked else set()
    renewed = []
    for name, value in pairs:
        successor = (
            public_successor(models[name], value) if (name in models and value in merged) else None
        )
        renewed.append((name, successor.slug if successor else value))
    return redirect_to(f"{request.path}?{urlencode(renewed)}") if renewed != pairs else None
