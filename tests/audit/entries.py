"""The audit log as tests read it, and the ways around what protects it."""

from django.db import connection

from promotion.audit.models import AuditEntry
from promotion.audit.protection import protect, unprotect


def newest():
    """Return the number of the last entry."""
    return AuditEntry.objects.values_list("number", flat=True).first() or 0


def since(number):
    """Return the entries written after one, the oldest first."""
    return list(AuditEntry.objects.filter(number__gt=number).order_by("number"))


def said(entry):
    """Return what an entry says was done, to what."""
    return entry.action, entry.record_type, entry.record_id, entry.record_label


def run_sql(*statements):
    """Do what only somebody who may alter the tables of the database can."""
    unprotect(connection)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    protect(connection)
