"""The roles of staff as data: which rights over which records each has, and making their groups."""

from dataclasses import dataclass

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.utils.translation import override

from promotion.reference.vocabulary import RoleKey

VIEW, ADD, CHANGE, DELETE = "view", "add", "change", "delete"
WRITE = (VIEW, ADD, CHANGE, DELETE)

OPERATED = [
    "parks.building", "parks.space", "parks.incubator", "parks.mentor", "parks.liaison",
    "companies.tenancy", "reference.figure", "reference.citation",
]  # fmt: skip
"""What belongs to a park, kept by whoever operates it."""
RECORDS = [
    *OPERATED, "parks.park", "parks.district", "parks.belt", "parks.beltnode", "parks.service",
    "companies.company", "companies.recognition",
    "promotion.program", "promotion.measure", "promotion.alliance", "promotion.policy",
    "promotion.event", "promotion.advisor", "promotion.talentdemand",
    "reference.industryscheme", "reference.industry", "reference.source",
]  # fmt: skip
"""What the district keeps about itself."""
SITE_PAGES = ["promotion.sitepage"]
EXPORT = "reference.export_records"
PUBLISH = "reference.publish_records"
SEE_IMPORTS = "reference.view_importbatch"


@dataclass(frozen=True)
class Definition:
    """What a role may do: actions on records by label, and single rights."""

    records: tuple = ()
    """(labels, actions) pairs."""
    rights: tuple = ()
    has_all: bool = False

    def names(self):
        """Return the "app.codename" of the role's rights, but for those of `has_all`."""
        names = set(self.rights)
        for labels, actions in self.records:
            for label in labels:
                app, model = label.split(".")
                names.update(f"{app}.{action}_{model}" for action in actions)
        return names


EDITING = ((RECORDS, WRITE), (SITE_PAGES, (VIEW,)))
DEFINITIONS = {
    RoleKey.VIEWER: Definition(((RECORDS + SITE_PAGES, (VIEW,)),)),
    RoleKey.EDITOR: Definition(EDITING, (EXPORT,)),
    RoleKey.PUBLISHER: Definition(EDITING, (EXPORT, PUBLISH, SEE_IMPORTS)),
    RoleKey.PARK_OPERATOR: Definition(
        ((["parks.park"], (VIEW, CHANGE)), (OPERATED, WRITE)), (EXPORT,)
    ),
    RoleKey.ENQUIRY_OFFICER: Definition(((["promotion.inquiry"], (VIEW, CHANGE, DELETE)),)),
    RoleKey.ADMINISTRATOR: Definition(has_all=True),
}


def ensure_roles(apps=installed):
    """Make the groups of the roles, and give each the rights that it has not been given before.

    What staff took from a group stays taken, and a group that they deleted stays deleted. A
    migration gives its own `apps`; rights that do not exist yet wait for the next call.
    """
    for label in sorted({config.label for config in apps.get_app_configs()}):
        # Django makes them after all migrations, which is too late for one of them.
        create_permissions(installed.get_app_config(label), verbosity=0, apps=apps)
    permissions = {
        f"{app}.{codename}": pk
        for pk, app, codename in apps.get_model("auth", "Permission")
        .objects.order_by("pk")
        .values_list("pk", "content_type__app_label", "codename")
    }
    roles = apps.get_model("reference", "Role").objects
    for key, definition in DEFINITIONS.items():
        role = roles.filter(key=key).first()
        if role is None:
            role = roles.create(key=key, group=new_group(apps, key))
        if role.group is None:
            continue
        wanted = set(permissions) if definition.has_all else definition.names() & set(permissions)
        if missing := sorted(wanted - set(role.granted)):
            role.group.permissions.add(*(permissions[name] for name in missing))
            role.granted = sorted([*role.granted, *missing])
            role.save()


def new_group(apps, key):
    """Return a group of its own for a role; staff may have one of that name already."""
    groups = apps.get_model("auth", "Group").objects
    with override("zh-hans"):
        name = str(RoleKey(key).label)
    if groups.filter(name=name).exists():
        name = f"{name}（{key}）"
    return groups.create(name=name)
