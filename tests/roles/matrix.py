"""Trying every role on every address and action of the admin, and writing down what came of it."""

from collections import defaultdict

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.template.loaders.base import Loader
from django.template.loaders.locmem import Origin
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils.translation import gettext as django_text
from django.utils.translation import override

from parks.models import BeltNode, Park, ParkOperator, Space
from promotion.accounts.models import LoginFailure, LoginRecord, StaffSession
from promotion.audit.models import AuditEntry
from promotion.audit.services import log
from promotion.audit.vocabulary import Action
from promotion.reference.ledger.models import Merge
from promotion.reference.models import Figure, ImportBatch, Source
from promotion.reference.spreadsheets.runs import Run
from promotion.reference.vocabulary import RoleKey
from tests.connections import kept_connection
from tests.factories import make_text
from tests.roles.conftest import make_place, make_staff
from tests.test_admin import make_row

YES, OWN, NO = "✓", "own", "–"
BEGIN, END = "<!-- begin -->", "<!-- end -->"
OWN_PAGES = {
    "login", "logout", "jsi18n", "password_change", "password_change_done",
    "password_reset", "password_reset_done", "password_reset_confirm", "password_reset_complete",
    "sessions", "second_factor", "second_factor_removal", "second_factor_code",
    "second_factor_setup", "second_factor_drawing", "recovery_codes", "recovery_file",
}  # fmt: skip
"""What each member of staff, or anybody, has by themselves: tried in test_addresses."""


TAKES_POST = {
    "add", "change", "delete", "password", "review", "simple_history", "import", "import_confirm",
    "export", "undo", "text", "cite", "overdue",
    "distinguish", "merge", "merged", "contradictions",
}  # fmt: skip
"""The pages that write; of the others only whether they are shown is asked."""


QUERIES = {
    "autocomplete": {
        "app_label": "companies", "model_name": "tenancy", "field_name": "company", "term": "",
    }
}  # fmt: skip


class BlankLoader(Loader):
    """Finds every template, and each is empty: who may see a page does not hang on its looks."""

    def get_template_sources(self, template_name):
        yield Origin(name=template_name, template_name=template_name, loader=self)

    def get_contents(self, _origin):
        return ""


def blank_templates(settings):
    (engine,) = settings.TEMPLATES
    options = {**engine["OPTIONS"], "loaders": ["tests.roles.matrix.BlankLoader"]}
    return [{**engine, "APP_DIRS": False, "DIRS": [], "OPTIONS": options}]


def admin_patterns():
    """Return (name, parameters) of every address that the URL resolver lists for the admin."""
    localized = [each for each in get_resolver().url_patterns if hasattr(each, "url_patterns")]
    tops = [top for each in localized for top in each.url_patterns if str(top.pattern) == "admin/"]
    (top,) = tops
    found = []

    def walk(patterns):
        for each in patterns:
            if not isinstance(each, URLPattern):
                walk(each.url_patterns)
            elif each.name and each.name not in OWN_PAGES:
                regex = each.pattern.regex
                found.append((each.name, list(regex.groupindex) or [""] * regex.groups))

    walk(top.url_patterns)
    return found


def noted_entry(user):
    """Return an entry of the audit log."""
    log(Action.CHANGE, user, user)
    return AuditEntry.objects.last()


class World:
    """The records that are tried: of each model one of the operator's own, and one of others."""

    def __init__(self):
        self.mine, self.others = {}, {}
        for word, rows in (("甲", self.mine), ("乙", self.others)):
            for row in vars(make_place(word)).values():
                row.save()
                rows[type(row)] = row
        officer = make_staff("publisher", name="someone")
        special = {
            User: officer,
            Group: Group.objects.create(name="一组"),
            ImportBatch: ImportBatch.objects.create(
                model_type=ContentType.objects.get_for_model(Space), user=officer, stage="written"
            ),
            AuditEntry: noted_entry(officer),
            StaffSession: StaffSession.objects.create(user=officer, key_digest="0" * 64),
            LoginFailure: LoginFailure.objects.create(
                username="someone", ip_address="192.0.2.1", failures_since_start=1
            ),
            LoginRecord: LoginRecord.objects.create(username="someone", ip_address="192.0.2.1"),
        }
        for model in admin.site._registry:
            if model not in self.others:
                self.others[model] = special.get(model) or make_row(model)
        park_type = ContentType.objects.get(app_label="parks", model="park")
        self.park_type = park_type
        make_text(self.others[Source], "测试短语")
        Source.objects.update(is_text_public=True)
        self.batches = {}
        self.merge = Merge.objects.create(
            model_type=park_type, kept_id=self.mine[Park].pk, gone_id=0,
            kept_name="甲", gone_name="乙", gone_slug="gone", journal=[],
        )  # fmt: skip

    def row(self, model, is_own):
        return (self.mine.get(model) if is_own else None) or self.others[model]

    def arguments(self, model, parameters, name, is_own, user):
        park = self.row(Park, is_own)
        row = model and self.row(model, is_own)
        known = {
            "object_id": row and row.pk,
            "id": row and row.pk,
            "content_type_id": self.park_type.pk,
            "app_label": "parks",
            "label": "parks.park",
            "kept": self.mine[Park].pk,
            "gone": self.others[Park].pk,
            "name": "unsourced",
        }
        if name == "view_on_site":
            known["object_id"] = park.pk
        if parameters == ["", ""]:
            return [row.pk, row.history.latest().history_id]
        if name == "merged":
            return [self.merge.pk]
        if parameters == ["number"]:
            return [self.run_of(model, user)]
        return [known[each] for each in parameters]

    def run_of(self, model, user):
        """Return the number of an import of the user's own: nobody sees another's."""
        if (model, user) not in self.batches:
            batch = ImportBatch.objects.create(
                model_type=ContentType.objects.get_for_model(model), user=user, stage="refused"
            )
            run = Run(batch)
            run.open_folder()
            run.marked.write_bytes(b"x")
            run.changes.write_bytes(b"x")
            self.batches[model, user] = batch.pk
        return self.batches[model, user]


class Rehearsal(Exception):
    """Undoes what a request has written."""


def request(client, method, address, data=None):
    """Return the response to a request of which nothing stays."""
    try:
        with transaction.atomic():
            response = getattr(client, method)(address, data or {})
            with kept_connection():
                response.close()
            raise Rehearsal
    except Rehearsal:
        return response


def is_let_in(response):
    if response.status_code in (302, 301):
        # The index is where Django leads whoever asks for a row that is not there for them.
        return "/login/" not in response["Location"] and response["Location"] != reverse(
            "admin:index"
        )
    return response.status_code == 200


def has_run(response):
    """Tell whether the list ran the action that was asked for."""
    with override("zh-hans"):
        refusal = django_text("No action selected.")
    told = [str(each) for each in response.wsgi_request._messages._queued_messages]
    is_list = "cl" in (getattr(response, "context_data", None) or {})
    return is_let_in(response) and not is_list and refusal not in told


def posted(world, page, is_own):
    park = world.row(Park, is_own)
    if page == "distinguish":
        return {"model": "parks.park", "first": park.pk, "second": world.others[BeltNode].park_id}
    if page == "contradictions":
        return {"open": world.row(Figure, is_own).pk}
    if page == "import":
        return {"file": SimpleUploadedFile("x.csv", "名称\n某某\n".encode("utf-8-sig"))}
    if page == "export":
        return {"file_format": ".csv"}
    return {"post": "yes", "decision": "withdraw"}


def models_by_prefix():
    return {
        f"{model._meta.app_label}_{model._meta.model_name}_": model
        for model in admin.site._registry
    }


def split_name(name):
    """Return (model, page) of an address's name; no model for a page of the site's own."""
    found = [
        (prefix, model) for prefix, model in models_by_prefix().items() if name.startswith(prefix)
    ]
    if not found:
        return None, name
    prefix, model = max(found, key=lambda each: len(each[0]))
    return model, name.removeprefix(prefix)


def answers(world, user, client):
    """Return {(page, method, model's name): cell} of one member of staff."""
    cells = {}
    is_operator = user.operated_parks.exists()
    for name, parameters in admin_patterns():
        model, page = split_name(name)
        if name == "auth_user_password_change":
            model, page = User, "password"
        for method in ("get", "post") if page in TAKES_POST else ("get",):
            outcomes = []
            for is_own in (True, False) if is_operator else (False,):
                arguments = world.arguments(model, parameters, name, is_own, user)
                address = reverse(f"admin:{name}", args=arguments)
                if page == "cite":
                    address += f"?subject=parks.park:{world.row(Park, is_own).pk}"
                data = posted(world, page, is_own) if method == "post" else QUERIES.get(page)
                outcomes.append(is_let_in(request(client, method, address, data)))
            cells[page, method.upper(), name_of(model)] = cell(outcomes)
    for model, model_admin in admin.site._registry.items():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for _function, action, _text in model_admin._get_base_actions():
            row = world.row(model, is_operator)
            data = {"action": action, "_selected_action": [row.pk]}
            ran = has_run(request(client, "post", address, data))
            # What of another it would reach is tried in test_park_operator.
            is_bounded = is_operator and model in world.mine
            cells[f"action {action}", "POST", name_of(model)] = cell(
                [ran, False] if is_bounded else [ran]
            )
    return cells


def name_of(model):
    return model._meta.model_name if model else ""


def cell(outcomes):
    if all(outcomes):
        return YES
    return OWN if outcomes[0] else NO


def column(key):
    """Return {(page, method, model's name): cell} of a role for the system as it runs."""
    world = World()
    user = make_staff(key, name=f"role-{key}")
    if key == RoleKey.PARK_OPERATOR:
        ParkOperator.objects.create(user=user, park=world.mine[Park])
    client = Client()
    client.force_login(user)
    # What the first request notes of the login stays, or every request would note it anew.
    client.get(reverse("admin:sessions"))
    return answers(world, user, client)


def table(columns):
    """Return the lines of the table of {role: its column}, those with the same cells as one."""
    groups = defaultdict(list)
    for page, method, name in columns[RoleKey.VIEWER]:
        row = tuple(columns[key][page, method, name] for key in RoleKey.values)
        groups[page, method, row].append(name)
    lines = [
        f"| {page} | {method} | {', '.join(sorted(names))} | {' | '.join(row)} |"
        for (page, method, row), names in groups.items()
    ]
    head = f"| page or action | method | of | {' | '.join(RoleKey.values)} |"
    return [head, "|---" * (3 + len(RoleKey.values)) + "|", *sorted(lines)]


def columns_of(lines):
    """Return {role: its column} of the lines of a table."""
    columns = {key: {} for key in RoleKey.values}
    for line in lines[2:]:
        page, method, names, *row = [each.strip() for each in line.strip().strip("|").split("|")]
        for name in names.split(", "):
            for key, found in zip(RoleKey.values, row, strict=True):
                columns[key][page, method, name] = found
    return columns
