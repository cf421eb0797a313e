"""What groups of staff are."""

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from promotion.reference.ledger.models import Distinction, Merge  # noqa: F401 tables of this app
from promotion.reference.records import known_values
from promotion.reference.vocabulary import RoleKey


class Role(models.Model):
    """The group that stands for a role, however staff call it, and the rights it once was given.

    What staff take from the group, or the group itself, is not given back.
    """

    is_for_staff = True

    key = models.CharField(_("角色"), max_length=20, choices=RoleKey.choices, unique=True)
    group = models.OneToOneField(
        Group,
        on_delete=models.SET_NULL,
        null=True,
        related_name="role",
        verbose_name=_("组"),
    )
    granted = models.JSONField(_("给过的权限"), default=list)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("角色")
        verbose_name_plural = _("角色")
        constraints = [known_values("key", RoleKey)]

    def __str__(self):
        return self.get_key_display()
