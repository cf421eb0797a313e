"""A record's public page as it would be, for whoever holds a signed link."""

import copy
import re

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db import transaction
from django.http import Http404, QueryDict
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from promotion.reference.editorial.rows import StaleError, write
from promotion.reference.editorial.submissions import open_submission
from promotion.reference.vocabulary import PublicationStatus

SALT = "promotion.preview"
UNPUBLISHED = {
    "status": PublicationStatus.PUBLISHED,
    "publish_at": None,
    "expires_at": None,
}


def preview_path(record):
    """Return the address at which anyone may look at a record's page for PREVIEW_DAYS."""
    token = signing.dumps([record._meta.label_lower, record.pk], salt=SALT, compress=True)
    return reverse("preview", args=[token])


def pretend(record):
    """Put a record before the public as its editor would have it, in a transaction to undo.

    Raises StaleError if what waits for approval no longer fits.
    """
    submission = open_submission(record)
    if submission is not None and submission.changes:
        write(submission.changes, keeps_ids=True)
    owners = [getattr(record, path) for path in record.public_with]
    for row in filter(None, [record, *owners]):
        type(row)._base_manager.filter(pk=row.pk).update(**UNPUBLISHED)


def opens(token):
    """Return the [model, primary key] that a signed link opens, or None if it opens nothing."""
    try:
        return signing.loads(token, salt=SALT, max_age=settings.PREVIEW_DAYS * 24 * 60 * 60)
    except signing.BadSignature:
        return None


def with_pictures(response, token):
    """Let a page show pictures of what is not public, each under the link that opened the page."""
    picture = re.compile(rb"%bpictures/[\w./-]+" % settings.MEDIA_PATH.encode())
    key = f"?preview={token}".encode()
    response.content = picture.sub(lambda found: found[0] + key, response.content)
    return response


def preview(request, token):
    """Show the page that a signed link names; what it pretends is undone before it is sent."""
    opened = opens(token)
    if opened is None:
        return refusal(request, _("预览链接不完整或已过期。请向发给您链接的同事要一个新的。"))
    label, pk = opened
    record = apps.get_model(label)._base_manager.filter(pk=pk).first()
    if record is None or not record.page:
        return refusal(request, _("要预览的记录已经不在了。"))
    try:
        with transaction.atomic():
            pretend(record)
            response = page_of(request, record)
            transaction.set_rollback(True)
    except StaleError as error:
        return refusal(request, str(error))
    return private(with_pictures(response, token))


def page_of(request, record):
    """Return the rendered public page of a record, as a visitor without an account gets it."""
    record.refresh_from_db()
    visit = copy.copy(request)
    visit.path = visit.path_info = record.get_absolute_url()
    visit.method, visit.GET, visit.user = "GET", QueryDict(), AnonymousUser()
    visit.resolver_match = match = resolve(visit.path)
    visit.preview_path = request.path
    try:
        response = match.func(visit, *match.args, **match.kwargs)
    except Http404:
        return refusal(request, _("这一页还不能预览：它所属的记录没有公开。"))
    return response.render() if hasattr(response, "render") else response


def refusal(request, message):
    context = {"title": _("不能预览"), "message": message}
    return private(render(request, "reference/preview_refused.html", context, status=404))


def private(response):
    """Keep a preview from caches, search engines, and whoever is linked to from it."""
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
