"""Deciding database conditions on unsaved records without asking the database for each.

Django's own check runs one query per constraint and record. Constraints of the models are plain
comparisons of a record's own fields; anything else is left to that query.
"""

import operator
from functools import cache

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Q, UniqueConstraint
from django.db.models.constants import LOOKUP_SEP

COMPARISONS = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda left, right: left in right,
    "startswith": str.startswith,
}


class UndecidableError(Exception):
    """A condition that needs the database."""


def fields_of(condition):
    """Return the names of the fields that a condition reads."""
    names = set()
    for child in condition.children:
        if isinstance(child, Q):
            names |= fields_of(child)
        elif isinstance(child, tuple):
            path, value = child
            names.add(path.split(LOOKUP_SEP)[0])
            if isinstance(value, F):
                names.add(value.name)
    return names


def holds(condition, record):
    """Tell whether a record meets a condition; None, as in SQL, where a null leaves it open."""
    results = [
        holds(child, record) if isinstance(child, Q) else compare(child, record)
        for child in condition.children
    ]
    if condition.connector == Q.AND:
        result = False if False in results else None if None in results else True
    elif condition.connector == Q.OR:
        result = True if True in results else None if None in results else False
    else:
        raise UndecidableError(condition.connector)
    if condition.negated and result is not None:
        return not result
    return result


def compare(child, record):
    """Decide one comparison such as ("ended_on__gte", F("started_on"))."""
    if not isinstance(child, tuple):
        raise UndecidableError(child)
    path, wanted = child
    name, _separator, lookup = path.partition(LOOKUP_SEP)
    value = stored(record, name)
    if lookup == "isnull":
        return (value is None) == wanted
    if wanted is None and lookup in ("", "exact"):
        return value is None
    if isinstance(wanted, F):
        wanted = stored(record, wanted.name)
    elif hasattr(wanted, "resolve_expression"):
        raise UndecidableError(wanted)
    if (lookup or "exact") not in COMPARISONS:
        raise UndecidableError(lookup)
    if value is None or wanted is None:
        return None
    return COMPARISONS[lookup or "exact"](value, wanted)


def stored(record, name):
    """Return a field's value as the database holds it."""
    if name == "pk":
        return record.pk
    try:
        field = record._meta.get_field(name)
    except FieldDoesNotExist:
        raise UndecidableError(name) from None
    return getattr(record, field.attname)


def violates(constraint, record):
    """Tell whether a record breaks a check constraint of its model."""
    try:
        return holds(constraint.condition, record) is False
    except UndecidableError:
        try:
            constraint.validate(type(record), record)
        except ValidationError:
            return True
        return False


def applies(constraint, record):
    """Tell whether a unique constraint's condition covers a record."""
    if constraint.condition is None:
        return True
    try:
        return holds(constraint.condition, record) is True
    except UndecidableError:
        # Comparing one row too many is safe: the database decides in the end.
        return True


@cache
def unique_groups(model):
    """Return (field names, constraint) of every group of fields that the database holds unique.

    The constraint is None for a field that is unique by itself.
    """
    single = [
        ((field.name,), None)
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key
    ]
    return single + [
        (tuple(constraint.fields), constraint)
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint) and constraint.fields
    ]
