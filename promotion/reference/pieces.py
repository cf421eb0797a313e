"""What SQLite finds texts by: their pieces of one and two characters, for "contains" of any length.

Databases index words, or at best pieces of three characters, and most words of Chinese have two.
SQLite's FTS5 takes a text apart into every three characters that stand side by side: of 未来岛 with
a gap around each, these are gap-未-gap, 未-gap-来, and so on, just the pieces. Triggers keep the
index, for whatever writes; SQLite drops them with a table that a migration makes anew, so that
`keep_pieces` follows every migration. PostgreSQL has an index of its own (companies 0007).
"""

import sqlite3
from contextlib import closing
from functools import cache

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Lookup
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Contains

from promotion.reference.fields import DerivedTextField

GAP = "\x1f"
"""No searched text holds it: to Python it is white space, of which only single spaces are kept."""
SIZE = 2
MAX_PIECES = 20
"""Of a longer word the first few pieces leave little to be compared."""
PIECES = """(
    WITH RECURSIVE place (number) AS (
        SELECT 1 UNION ALL SELECT number + 1 FROM place WHERE number < length({text})
    )
    SELECT char(31) || group_concat(substr({text}, number, 1), char(31)) || char(31) FROM place
)"""
NEW = PIECES.format(text="NEW.search_text")
OLD = PIECES.format(text="OLD.search_text")
FILL = f"""INSERT INTO "{{index}}" (rowid, pieces)
    SELECT id, {PIECES.format(text="search_text")} FROM "{{table}}"
"""  # noqa: S608 (names of our own)
ADD = f"""INSERT INTO "{{index}}" (rowid, pieces) VALUES (NEW.id, {NEW})"""  # noqa: S608
TAKE_OUT = f"""INSERT INTO "{{index}}" ("{{index}}", rowid, pieces)
    VALUES ('delete', OLD.id, {OLD})"""  # noqa: S608 (names of our own)
# The trigger by which an index is known to be kept comes last.
INDEX = [
    'DROP TABLE IF EXISTS "{index}"',
    """
    CREATE VIRTUAL TABLE "{index}" USING fts5(
        pieces, content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1'
    )
    """,
    FILL,
    f'CREATE TRIGGER "{{index}}_new" AFTER INSERT ON "{{table}}" BEGIN {ADD}; END',
    f'CREATE TRIGGER "{{index}}_gone" AFTER DELETE ON "{{table}}" BEGIN {TAKE_OUT}; END',
    f"""
    CREATE TRIGGER "{{index}}_other" AFTER UPDATE OF search_text ON "{{table}}"
    WHEN OLD.search_text <> NEW.search_text BEGIN {TAKE_OUT}; {ADD}; END
    """,
]
IS_KEPT = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name = %s"


def index_of(model):
    """Return the name of the index of a model's pieces."""
    return f"{model._meta.db_table}_pieces"


def is_indexed(model):
    """Tell whether the pieces of a model's table are indexed."""
    return getattr(model, "searched_by_pieces", False)


def indexed_models():
    return [model for model in apps.get_models() if is_indexed(model)]


def is_of_index(table):
    """Tell whether a table is one of those in which SQLite keeps an index, and no rows of ours."""
    return table.startswith(tuple(index_of(model) for model in indexed_models()))


def pieces_of(word):
    """Return the pieces that a text must have to hold a word; of a longer word it may lack it."""
    last = min(len(word) - SIZE, MAX_PIECES)
    return [word[start : start + SIZE] for start in range(max(last + 1, 1))]


@cache
def has_trigrams():
    """Tell whether this SQLite was built with FTS5 and its trigrams, as all of today are."""
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.execute("CREATE VIRTUAL TABLE probe USING fts5(text, tokenize = 'trigram')")
        except sqlite3.OperationalError:
            return False
    return True


def keep_pieces(**kwargs):
    """Have SQLite index the pieces of the tables that ask for it (`searched_by_pieces`)."""
    if connection.vendor != "sqlite" or not has_trigrams():
        return
    # Nobody writes between filling and the triggers.
    with transaction.atomic(), connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in indexed_models():
            table, index = model._meta.db_table, index_of(model)
            cursor.execute(IS_KEPT, [f"{index}_other"])
            if table in tables and not cursor.fetchone():
                for statement in INDEX:
                    cursor.execute(statement.format(index=index, table=table))


@DerivedTextField.register_lookup
class Holds(Lookup):
    """Holds a word as `contains` does, found by its pieces where the table's are indexed."""

    lookup_name = "holds"

    def as_sql(self, compiler, connection):
        return Contains(self.lhs, self.rhs).as_sql(compiler, connection)

    def as_sqlite(self, compiler, connection):
        model = self.lhs.target.model
        if not is_indexed(model) or not has_trigrams():
            return self.as_sql(compiler, connection)
        index = connection.ops.quote_name(index_of(model))
        row = compiler.quote_name_unless_alias(self.lhs.alias)
        found = f"{row}.id IN (SELECT rowid FROM {index} WHERE {index} MATCH %s)"  # noqa: S608
        if len(self.rhs) <= SIZE:
            return found, [match_of(self.rhs)]
        holds, params = self.as_sql(compiler, connection)
        return f"({found} AND {holds})", [match_of(self.rhs), *params]


def nearest_rows(rows, words, at_least, limit):
    """Keep the rows whose texts hold the most of some words, and as many as `at_least` of them.

    Where the pieces of a table are not indexed, all are kept: which are near is then told by
    reading them.
    """
    if connection.vendor != "sqlite" or not is_indexed(rows.model) or not has_trigrams():
        return rows
    index = index_of(rows.model)
    one = f"SELECT rowid FROM {index} WHERE {index} MATCH %s"  # noqa: S608 (a name of our own)
    each = " UNION ALL ".join([one] * len(words))
    nearest = RawSQL(  # noqa: S611 (what a reader typed is among the parameters)
        f"SELECT rowid FROM ({each}) GROUP BY rowid HAVING COUNT(*) >= %s"  # noqa: S608
        " ORDER BY COUNT(*) DESC, rowid LIMIT %s",
        [*map(match_of, words), at_least, limit],
    )
    return rows.filter(pk__in=nearest)


def match_of(word):
    """Return the query by which FTS5 finds the pieces of a word."""
    around = GAP if len(word) < SIZE else ""
    # FTS5 takes what no text holds, nor any piece, for the end of the query.
    pieces = (f"{around}{GAP.join(piece)}{around}" for piece in pieces_of(word.replace("\0", GAP)))
    return " AND ".join('"' + piece.replace('"', '""') + '"' for piece in pieces)
