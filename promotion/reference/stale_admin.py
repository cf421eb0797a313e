"""Forms that were opened before somebody else changed the record: refused, not written over."""

import json

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from promotion.reference.refusing_admin import RefusingFormsMixin

SEEN = "_seen"
"""The hidden input with which a form tells what it showed as it was opened."""


class StaleFormsMixin(RefusingFormsMixin):
    """Refuses a form whose record, or a line of it, is no longer what the form showed.

    A form brings back a digest of each value that it was filled with. What was typed is kept, and
    saved if the form, which then stands on what is there now, is saved once more. A request
    without those digests, which no browser sends, has shown nothing that could be out of date.
    """

    def changeform_view(self, request, object_id=None, *args, **kwargs):
        pk = unquote(object_id or "")
        with transaction.atomic():
            if request.method == "POST" and pk.isdecimal():
                # Whoever else saves the same row waits here, and then finds it changed.
                rows = self.model._base_manager.filter(pk=pk).order_by()
                list(rows.select_for_update().values_list("pk"))
            return super().changeform_view(request, object_id, *args, **kwargs)

    def refusals(self, request, form, formsets):
        return [
            *self.stale(request, form, formsets),
            *super().refusals(request, form, formsets),
        ]

    def stale(self, request, form, formsets):
        """Return in words what has changed since a form was opened that would change something."""
        if SEEN not in request.POST or not is_changing(form, formsets):
            return []
        changed = changes_since(read(request.POST[SEEN]), form, formsets)
        return self.told(request, changed, form.instance, request.get_full_path())

    def told(self, request, changed, row, address):
        """Return in words that fields and lines of these names changed, and where they stand."""
        if not changed:
            return []
        request.is_stale = True
        return [
            format_html(
                _(
                    "没有保存：您打开这张表单之后，别人或您的另一个窗口改动了这条记录：{names}。"
                    '您填写的内容仍在下面。请先看<a href="{now}" target="_blank">现在的内容</a>和'
                    '<a href="{history}" target="_blank">是谁改的</a>（都在新窗口打开）；'
                    "再保存一次，就以下面的内容为准。"
                ),
                names="、".join(changed),
                now=address,
                history=self.page_of(row, "history"),
            )
        ]

    def page_of(self, row, page):
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[quote(row.pk)])

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change:
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            self.tell_of_vanished(request, formsets)
            is_kept = SEEN in request.POST and not getattr(request, "is_stale", False)
            form = context["adminform"].form
            context["seen"] = request.POST[SEEN] if is_kept else json.dumps(digests(form, formsets))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def tell_of_vanished(self, request, formsets):
        """Say which kind of line cannot be saved, for somebody else has deleted it."""
        gone = [
            str(formset.model._meta.verbose_name)
            for formset in formsets
            if formset.is_bound and any(line.instance.pk is None for line in formset.initial_forms)
        ]
        if gone:
            messages.error(
                request,
                format_html(
                    _(
                        "没有保存：您打开这张表单之后，别人删除了其中的行（{names}）。请抄下您填写的"
                        '内容，<a href="{now}">重新打开这一页</a>，再填写一次。'
                    ),
                    names="、".join(gone),
                    now=request.get_full_path(),
                ),
            )


class StaleReturnsMixin(StaleFormsMixin):
    """Refuses the return to a former version, too, if the record has changed meanwhile.

    Its form shows the former version, so that it brings back the digests of what stood then.
    """

    object_history_form_template = "admin/history/form.html"

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        with transaction.atomic():
            rows = self.model._base_manager.filter(pk=object_id)
            row = (rows.select_for_update() if request.method == "POST" else rows).first()
            # As it stands before anything is saved; a deleted one has nothing to lose.
            request.standing = row and self.get_form(request, row)(instance=row)
            seen = row and json.dumps(digests(request.standing, []))
            context = {**(extra_context or {}), "seen": seen}
            return super().history_form_view(request, object_id, version_id, context)

    def stale(self, request, form, formsets):
        standing = getattr(request, "standing", None)
        if not standing or SEEN not in request.POST:
            return super().stale(request, form, formsets)
        changed = changes_since(read(request.POST[SEEN]), standing, [])
        return self.told(request, changed, standing.instance, self.page_of(form.instance, "change"))


def is_changing(form, formsets):
    """Tell whether a form would change anything that is there now."""
    return form.has_changed() or any(formset.has_changed() for formset in formsets)


def read(seen):
    """Return the digests that a form has brought back; none if they are not what was sent."""
    try:
        found = json.loads(seen)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def digests(form, formsets):
    """Return {field of the form, or line: digest of what it was filled with}."""
    found = {name: digest_of(form, name) for name in form.fields}
    for formset in formsets:
        found |= line_digests(formset)
    return found


def line_digests(formset):
    """Return {line that is there: digest of what it was filled with}."""
    name = formset.model._meta.pk.name
    return {
        # A line that the form has deleted keeps its number only here.
        key_of(formset.model, line.get_initial_for_field(line.fields[name], name)): digest(
            "".join(digest_of(line, each) for each in line.fields)
        )
        for line in formset.initial_forms
        if line.fields[name].initial is not None
    }


def changes_since(seen, form, formsets):
    """Return the names of the fields, and of the kinds of lines, that are no longer as seen."""
    changed = [
        str(capfirst(field.label or name))
        for name, field in form.fields.items()
        if digest_of(form, name) != seen.get(name)
    ]
    for formset in formsets:
        now = line_digests(formset)
        own = {None, *(line.pk for line in getattr(formset, "new_objects", []))}
        # Lines that are not brought back were only shown, or are new.
        there = {
            key_of(formset.model, row.pk) for row in formset.get_queryset() if row.pk not in own
        }
        if not there <= seen.keys() or any(seen.get(key) != now[key] for key in now):
            changed.append(str(capfirst(formset.model._meta.verbose_name)))
    return changed


def key_of(model, pk):
    return f"{model._meta.label_lower}.{pk}"


def digest_of(form, name):
    """Return the digest of the value that a field of a form was filled with."""
    field = form.fields[name]
    value = field.prepare_value(form.get_initial_for_field(field, name))
    if isinstance(value, (list, tuple, set)):
        value = sorted(map(str, value))
    return digest("" if value is None else str(value))


def digest(text):
    # Keyed, for a page must not tell anything about a value that it does not show.
    return salted_hmac(__name__, text, algorithm="sha256").hexdigest()[:8]
