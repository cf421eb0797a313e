"""A database of the first release, brought forward: every row is there with what it held."""

import json
import sqlite3
from contextlib import closing

import psycopg
import pytest
from django.db import models
from django.db.migrations.loader import MigrationLoader

from tests.sites import IS_POSTGRESQL, new_site

pytestmark = pytest.mark.database
FIRST = [(label, "0001_initial") for label in ("reference", "parks", "companies", "promotion")]
OURS = {label for label, _name in FIRST}
ROWS = (1, 2)
"""Each table gets a row with a value in each column, and one with as few as it may have."""
STRUCTURE = """
from django.db import connection
with connection.cursor() as cursor:
    for table in connection.introspection.table_names(cursor):
        for column in connection.introspection.get_table_description(cursor, table):
            print(table, column)
        found = connection.introspection.get_constraints(cursor, table)
        for name, constraint in found.items():
            is_named = constraint["check"] and not name.startswith("__unnamed")
            kept = [(key, str(value)) for key, value in sorted(constraint.items())]
            print(table, name if is_named else "", kept)
"""
EVERY_STAND = """
import json
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

def steps(loader):
    graph = loader.graph
    ways = [graph.forwards_plan(leaf) for leaf in graph.leaf_nodes()]
    return list(dict.fromkeys(step for way in ways for step in way))

whole_way = MigrationLoader(None, replace_migrations=False)
for name in (step for step in steps(whole_way) if step not in whole_way.replacements):
    MigrationRecorder(connection).record_applied(*name)
    loader = MigrationLoader(connection)
    loader.check_consistent_history(connection)
    to_make = [step for step in steps(loader) if step not in loader.applied_migrations]
    whole = [loader.get_migration(*step).replaces or [step] for step in to_make]
    print(json.dumps({"name": name, "lacking": sum(whole, [])}))
"""
"""Records one migration after the other as made, and prints what is then still to make."""
DERIVED = {"search_text"}
"""What is made anew from the other columns."""
EITHER_OR = {
    # A recognition is a company's or a park's.
    ("companies_recognition", "company_id"): {1: 1, 2: None},
    ("companies_recognition", "park_id"): {1: None, 2: 2},
}


def first_models():
    """Return the models of the first release, tables of relations and of history among them."""
    state = MigrationLoader(None, replace_migrations=False).project_state(FIRST)
    found = state.apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.app_label in OURS]


def value_for(field, number):
    """Return what row `number` holds in a column, as a database takes it."""
    given = EITHER_OR.get((field.model._meta.db_table, field.column))
    if given:
        return given[number]
    if isinstance(field, models.ForeignKey):
        # Of two rows with their relations, the second belongs to the second.
        is_ours = field.related_model._meta.app_label in OURS
        is_optional = field.null and (number == 2 or not is_ours)
        return None if is_optional or field.related_model == field.model else number
    if field.null and number == 2:
        return None
    if field.choices:
        return field.choices[0][0]
    if field.has_default() and number == 2:
        return field.get_default()
    return by_kind(field, number)


def by_kind(field, number):
    if isinstance(field, models.BooleanField):
        return True
    if isinstance(field, models.DateTimeField):
        year = 2022 if field.name == "expires_at" else 2021
        return f"{year}-10-08 09:10:11+00:00"
    if isinstance(field, models.DateField):
        return "2021-10-08"
    if isinstance(field, models.DecimalField | models.IntegerField):
        return number
    return f"甲{number}"[: field.max_length]


def connected(site):
    if IS_POSTGRESQL:
        return psycopg.connect(site.database_url)
    return sqlite3.connect(site.var / "site.sqlite3")


def columns_of(model):
    """Return the columns of a table but the key, which the database gives."""
    return [field for field in model._meta.local_fields if not isinstance(field, models.AutoField)]


def fill(connection):
    """Write the rows in SQL, for the code of that time is gone; they hold together at the end."""
    mark = "%s" if IS_POSTGRESQL else "?"
    cursor = connection.cursor()
    for model in first_models():
        fields = columns_of(model)
        columns = ", ".join(f'"{field.column}"' for field in fields)
        marks = ", ".join([mark] * len(fields))
        statement = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})'
        for number in ROWS:
            cursor.execute(statement, [value_for(field, number) for field in fields])
    connection.commit()


def held(connection):
    """Return {table: its rows}, in the columns of the first release."""
    cursor = connection.cursor()
    found = {}
    for model in first_models():
        key = model._meta.pk.column
        names = [field.column for field in model._meta.local_fields if field.name not in DERIVED]
        columns = ", ".join(f'"{name}"' for name in names)
        cursor.execute(f'SELECT {columns} FROM "{model._meta.db_table}" ORDER BY "{key}"')
        rows = cursor.fetchall()
        found[model._meta.db_table] = [dict(zip(names, row, strict=True)) for row in rows]
    return found


def test_every_row_of_the_first_release_is_there_with_its_values(tmp_path):
    with new_site(tmp_path) as site:
        site.stand_at("promotion", "0001_initial")
        with closing(connected(site)) as connection:
            fill(connection)
            before = held(connection)
        assert len(before) > 70
        assert {len(rows) for rows in before.values()} == {len(ROWS)}
        site.migrate()
        with closing(connected(site)) as connection:
            assert held(connection) == before
        assert site.manage("check", "--database", "default").returncode == 0


def structure_of(site):
    """Return what the tables are made of, as names that no order of making them changes."""
    return set(site.ask(STRUCTURE).splitlines())


def test_a_database_brought_forward_is_made_like_a_new_one(tmp_path):
    with new_site(tmp_path / "old") as old, new_site(tmp_path / "new") as new:
        old.stand_at("promotion", "0001_initial").migrate()
        brought_forward = structure_of(old)
        made_anew = structure_of(new.migrate())
    assert len(made_anew) > 1000
    assert brought_forward == made_anew


def test_from_wherever_a_database_stands_there_is_a_way_forward(tmp_path):
    """A migration that takes the place of others must not ask for what came after them."""
    with new_site(tmp_path) as site:
        steps = [json.loads(line) for line in site.ask(EVERY_STAND).splitlines()]
    names = [step["name"] for step in steps]
    assert len(names) > 60
    for number, step in enumerate(steps):
        assert sorted(step["lacking"]) == sorted(names[number + 1 :]), step["name"]
