"""The audit log: who did what, when, from where; each entry is chained to the one before it."""

import hashlib
import hmac
import json
from datetime import UTC

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from promotion.audit.vocabulary import Action


class AppendOnlyError(Exception):
    """Something tried to alter or remove an entry of the audit log."""


class AuditEntryQuerySet(models.QuerySet):
    """Entries are read; only what `clear_audit` has given up is ever removed."""

    def update(self, **_values):
        raise AppendOnlyError

    def bulk_update(self, *_arguments, **_options):
        raise AppendOnlyError

    def bulk_create(self, entries, *_arguments, **options):
        if options.get("update_conflicts"):
            raise AppendOnlyError
        return super().bulk_create(entries)

    def delete(self):
        raise AppendOnlyError

    delete.alters_data = True
    delete.queryset_only = True

    def remove(self):
        """Delete the entries; the database refuses it above the head's `cleared_number`."""
        return super().delete()

    remove.queryset_only = True


class AuditEntry(models.Model):
    """Something that somebody did: who, when, from where, what, to which record.

    It points at nothing, so that deleting a user or a record changes no entry. Nothing personal is
    in it but who did it and from where.
    """

    number = models.PositiveBigIntegerField(_("序号"), primary_key=True)
    at = models.DateTimeField(_("时间"), db_index=True)
    actor_id = models.CharField(_("用户编号"), max_length=20, blank=True)
    actor = models.CharField(_("用户"), max_length=150, blank=True, db_index=True)
    address = models.CharField(_("网络地址"), max_length=45, blank=True, db_index=True)
    page = models.CharField(_("页面"), max_length=120, blank=True)
    action = models.CharField(_("操作"), max_length=20, choices=Action.choices, db_index=True)
    record_type = models.CharField(_("记录种类"), max_length=80, blank=True)
    record_id = models.CharField(_("记录编号"), max_length=64, blank=True)
    record_label = models.CharField(_("记录"), max_length=200, blank=True)
    detail = models.JSONField(_("细节"), default=dict, blank=True)
    previous_hash = models.CharField(_("前一条的校验值"), max_length=64, blank=True)
    hash = models.CharField(_("校验值"), max_length=64)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        default_permissions = ["view"]
        permissions = [("export_entries", _("可以导出审计记录"))]
        indexes = [models.Index(fields=["record_type", "record_id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=Action.values), name="audit_auditentry_action_known"
            )
        ]

    def __str__(self):
        return f"{self.number} {self.get_action_display()}"

    def save(self, *args, **kwargs):
        # Only `append` makes entries.
        raise AppendOnlyError

    def delete(self, *args, **kwargs):
        raise AppendOnlyError

    @property
    def who(self):
        """The user's name, or what else did it."""
        if self.actor:
            return self.actor
        return _("未登录") if self.address else _("命令行")

    @property
    def record(self):
        """The record in words: its kind, its number, and its name where that is nobody's."""
        try:
            kind = apps.get_model(self.record_type)._meta.verbose_name
        except (LookupError, ValueError):
            kind = self.record_type
        number = f"#{self.record_id}" if self.record_id else ""
        return " ".join(filter(None, [str(capfirst(kind)), number, self.record_label]))

    def digest(self, key):
        """Return the keyed digest of what the entry says and of the one before it."""
        said = [
            self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            self.actor_id,
            self.actor,
            self.address,
            self.page,
            self.action,
            self.record_type,
            self.record_id,
            self.record_label,
            self.detail,
            self.previous_hash,
        ]
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


class AuditHead(models.Model):
    """Where the log ends and where it begins: its last entry, and the last that was cleared.

    There is one row. Whoever appends holds it, so that entries follow each other without gaps.
    """

    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    cleared_number = models.PositiveBigIntegerField(default=0)
    cleared_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("审计记录的首尾")
        verbose_name_plural = _("审计记录的首尾")
        default_permissions = []

    def __str__(self):
        return f"{self.cleared_number + 1}–{self.number}"
