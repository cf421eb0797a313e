"""The layers hold: imports point down, in the code and in the migrations."""

import ast
from pathlib import Path

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

# From the bottom up: a package may import its own layer and those before it.
LAYERS = ["promotion.audit", "promotion.reference", "parks", "companies", "promotion"]
APP_OF_LAYER = {"audit": 0, "reference": 1, "parks": 2, "companies": 3, "promotion": 4}
# Inside an app: a module may import modules named with it or before it, and its own package.
ORDER_INSIDE_AN_APP = [
    {
        "encodings",
        "environment",
        "protection",
        "vocabulary",
        "fields",
        "lettering",
        "numerals",
        "readings",
        "typesetting",
        "widgets",
    },
    {"batches", "pictures", "pieces", "publish_rules", "ranking", "records", "stated_values"},
    {"claims"},
    {"models"},
    {
        "auditing",
        "calendars",
        "changes",
        "charts",
        "criteria",
        "data_version",
        "defences",
        "desk",
        "drawing",
        "facets",
        "filters",
        "fixtures",
        "forms",
        "freshness",
        "intake",
        "judgements",
        "kept",
        "limits",
        "linked_data",
        "matching",
        "needs",
        "poster",
        "publication",
        "radar",
        "reach",
        "rights",
        "roles",
        "resources",
        "scoring",
        "search",
        "services",
        "shared_pages",
        "staff_pages",
        "template_loader",
        "templatetags",
        "translation_check",
        "translations",
        "turns",
        "wording",
    },
    {"comparison"},
    {"prospectus"},
    {"operations"},
    {"page_cache", "on_demand"},
    {"api"},
    {
        "admin",
        "admin_bases",
        "admin_site",
        "audit_admin",
        "context_processors",
        "desk_admin",
        "overdue_admin",
        "private_admin",
        "publish_admin",
        "radar_admin",
        "reach_admin",
        "refusing_admin",
        "score_admin",
        "sitemaps",
        "stale_admin",
        "users_admin",
        "views",
    },
    {"admin_urls"},
    {"urls"},
]
# The frame of the project, and packages that have their own order inside.
WITHOUT_ORDER = {
    "accounts",
    "apps",
    "editorial",
    "evidence",
    "ledger",
    "management",
    "settings",
    "spreadsheets",
    "wsgi",
}


def layer_of(module):
    """Return the layer of a dotted module name, or None for a module that is not ours."""
    for index, package in enumerate(LAYERS):
        if module == package or module.startswith(f"{package}."):
            return index
    return None


def imports_of(path):
    """Yield (line, dotted name) for each module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def source_files():
    """Yield (path, dotted name) of each module of ours, migrations left out."""
    for top in ("promotion", "parks", "companies"):
        for path in sorted(Path(settings.BASE_DIR, top).rglob("*.py")):
            parts = path.relative_to(settings.BASE_DIR).with_suffix("").parts
            if "migrations" not in parts:
                yield path, ".".join(parts).removesuffix(".__init__")


def name_inside(module):
    """Return the first part of a module's name inside its app; "" is the app itself."""
    return module.removeprefix(LAYERS[layer_of(module)]).strip(".").partition(".")[0]


def rank(module):
    """Return a module's place in the order inside its app, or None if it has none."""
    for index, names in enumerate(ORDER_INSIDE_AN_APP):
        if name_inside(module) in names:
            return index
    return None


def test_imports_point_down_the_layers():
    upward = [
        f"{path}:{line} {module} imports {imported}"
        for path, module in source_files()
        for line, imported in imports_of(path)
        if layer_of(imported) is not None and layer_of(imported) > layer_of(module)
    ]
    assert upward == []


def test_imports_point_down_inside_an_app():
    upward = [
        f"{path}:{line} {module} imports {imported}"
        for path, module in source_files()
        for line, imported in imports_of(path)
        if layer_of(imported) == layer_of(module)
        and None not in (rank(module), rank(imported))
        and rank(imported) > rank(module)
    ]
    assert upward == []


def test_every_module_has_its_place_in_the_order():
    known = set.union(*ORDER_INSIDE_AN_APP, WITHOUT_ORDER)
    assert {name_inside(module) for _path, module in source_files()} - {""} == known


def test_the_kernel_can_be_imported_without_the_root():
    assert (settings.BASE_DIR / "promotion" / "__init__.py").read_text(encoding="utf-8") == ""


def test_migrations_depend_only_on_lower_layers():
    upward = [
        f"{migration.app_label}.{migration.name} depends on {dependency}"
        for migration in MigrationLoader(None).disk_migrations.values()
        if migration.app_label in APP_OF_LAYER
        for dependency in migration.dependencies
        if dependency[0] in APP_OF_LAYER
        and APP_OF_LAYER[dependency[0]] > APP_OF_LAYER[migration.app_label]
    ]
    assert upward == []


def test_no_module_is_a_drawer():
    names = {path.stem for path, _module in source_files()}
    assert names.isdisjoint({"utils", "helpers", "common", "misc", "signals"})
