"""How far a right reaches: to all rows, or to those of the places that a user operates.

A right that a user holds only through a bounded role reaches the rows whose model says, in
`operated_through`, by which way they belong to a user. A model that says nothing has none.
"""

from django.contrib.auth import get_permission_codename, get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from promotion.reference.models import Citation, Figure, Role, SubjectModel, subject_models
from promotion.reference.records import Part, PublicRecord, TrackedModel
from promotion.reference.rights import has_right
from promotion.reference.vocabulary import BOUNDED_ROLES

VIEWING = ("view", "change")
"""The rights of which each lets a user see a row, as in Django's admin."""


def in_bounded_role(user):
    """Tell whether any role of a user is bounded; nobody's is on the command line."""
    if user is None or user.is_superuser or not user.is_authenticated:
        return False
    if not hasattr(user, "_in_bounded_role"):
        bounded = Role.objects.filter(key__in=BOUNDED_ROLES, group__user=user)
        user._in_bounded_role = bounded.exists()
    return user._in_bounded_role


def unbounded_rights(user):
    """Return the "app.codename" of the rights that a user holds otherwise than by bounded roles."""
    if not hasattr(user, "_unbounded_rights"):
        groups = Group.objects.filter(user=user).exclude(
            pk__in=Role.objects.filter(key__in=BOUNDED_ROLES, group__isnull=False).values("group")
        )
        held = Permission.objects.filter(
            Q(pk__in=user.user_permissions.values("pk")) | Q(group__in=groups)
        )
        names = held.order_by().values_list("content_type__app_label", "codename").distinct()
        user._unbounded_rights = {".".join(name) for name in names}
    return user._unbounded_rights


def is_bounded(user, action, model):
    """Tell whether a right of a user reaches only the rows that are theirs.

    Whether they have the right at all is another question.
    """
    if not in_bounded_role(user):
        return False
    actions = VIEWING if action == "view" else [action]
    options = model._meta
    return unbounded_rights(user).isdisjoint(
        f"{options.app_label}.{get_permission_codename(each, options)}" for each in actions
    )


# Which rows are a user's own


def way_to_user(model):
    return getattr(model, "operated_through", "")


def operated_models():
    """Return the models of which some rows may be a user's own, without those about others."""
    return [model for model in subject_models(TrackedModel) if way_to_user(model)]


def about_q(user, models):
    """Return the condition for rows about a user's own rows of some models."""
    condition = Q(pk__in=[])
    for model in models:
        condition |= Q(
            subject_type=ContentType.objects.get_for_model(model),
            subject_id__in=own_rows(user, model).values("pk"),
        )
    return condition


def own_q(user, model):
    """Return the condition for the rows of a model that are a user's own."""
    if model is Citation:
        return about_q(user, [*operated_models(), Figure])
    if issubclass(model, SubjectModel):
        return about_q(user, operated_models())
    if way := way_to_user(model):
        return Q(pk__in=model._base_manager.filter(**{way: user}).order_by().values("pk"))
    return Q(pk__in=[])


def own_rows(user, model):
    return model._base_manager.filter(own_q(user, model)).order_by()


class OwnRows:
    """The rows that are a user's own, each model's fetched once."""

    def __init__(self, user):
        self.user = user
        self.found = {}

    def ids(self, model):
        if model not in self.found:
            self.found[model] = set(own_rows(self.user, model).values_list("pk", flat=True))
        return self.found[model]

    def have(self, row):
        """Tell whether a row, with the values that it has in memory, is among them."""
        model = type(row)
        if isinstance(row, SubjectModel):
            if row.subject_type_id is None:
                return False
            subject = ContentType.objects.get_for_id(row.subject_type_id).model_class()
            return row.subject_id in self.ids(subject)
        if owner := owner_field(model):
            return getattr(row, owner.attname) in self.ids(owner.related_model)
        return row.pk in self.ids(model)


def owner_field(model):
    """Return the foreign key by which rows of a model come to be a user's own, None without one."""
    name = way_to_user(model).partition("__")[0]
    return next((field for field in model._meta.concrete_fields if field.name == name), None)


# What a right reaches


def within_reach(user, action, rows):
    """Return those of a queryset's rows that a user's right reaches."""
    return rows.filter(own_q(user, rows.model)) if is_bounded(user, action, rows.model) else rows


def reaches_all(user, action, model):
    """Tell whether a user has a right to every row of a model."""
    return has_right(user, action, model) and not is_bounded(user, action, model)


def reaches(user, action, row):
    """Tell whether a user's right reaches a row as the database has it."""
    if not is_bounded(user, action, type(row)):
        return True
    return own_rows(user, type(row)).filter(pk=row.pk).exists()


# What a user may name


def nameable(user, model):
    """Return the rows of a model that a user may know by name: public ones, and their own."""
    rows = model._default_manager.all()
    if not in_bounded_role(user) or not is_bounded(user, "view", model):
        return rows
    if issubclass(model, get_user_model()):
        return rows.filter(pk=user.pk)
    if issubclass(model, PublicRecord):
        public = model._default_manager.published().order_by().values("pk")
        return rows.filter(Q(pk__in=public) | own_q(user, model))
    if issubclass(model, TrackedModel) and not issubclass(model, (Part, SubjectModel)):
        # Short lists that all records share are no secret.
        return rows
    return rows.filter(own_q(user, model))


def choosable(user, field):
    """Return the rows that a user may choose for a relation of a row that they write.

    What their rows are linked to already may stay, whatever it is.
    """
    target = field.related_model
    if not is_bounded(user, "change", field.model):
        return target._default_manager.all()
    kept = own_rows(user, field.model).exclude(**{field.name: None}).values(field.name)
    if way_to_user(target):
        # A row is placed among one's own, never among others.
        return target._default_manager.filter(own_q(user, target) | Q(pk__in=kept))
    known = nameable(user, target).order_by().values("pk")
    return target._default_manager.filter(Q(pk__in=known) | Q(pk__in=kept))
