"""The yardstick: the csv and sqlite3 modules alone, which check nothing."""

import csv
import sqlite3
from contextlib import closing
from itertools import islice

NOW = "2025-01-01 00:00:00"
BATCH = 1_000
HISTORY_OF_COMPANY = [
    "id", "slug", "name", "unified_social_credit_code", "address", "established_on",
    "registered_capital_cny_10k", "staff_count", "phone", "contact_name",
]  # fmt: skip
TENANCY = ["id", "company_id", "park_id"]
INDUSTRY = ["id", "company_id", "industry_id"]
COLUMNS = {
    "company": [*HISTORY_OF_COMPANY, "sort_key", "search_text"],
    "tenancy": TENANCY,
    "company_industries": INDUSTRY,
    "historicalcompany": [*HISTORY_OF_COMPANY, "history_id"],
    "historicaltenancy": [*TENANCY, "history_id"],
    "historicalcompany_industries": [*INDUSTRY, "history_id"],
}
CONSTANTS = {
    "created_at": NOW,
    "updated_at": NOW,
    "history_date": NOW,
    "history_type": "+",
    "history_change_reason": "import",
    "status": "draft",
    "kind": "enterprise",
    "role": "tenant",
    "claim_status": "achieved",
    "picture_focus_x": 50,
    "picture_focus_y": 50,
}


def statement(connection, table, names):
    """Return the INSERT that takes these columns as parameters and fills all others."""
    columns, values = list(names), ["?"] * len(names)
    for _index, name, _type, not_null, _default, is_key in connection.execute(
        f"PRAGMA table_info({table})"
    ):
        if name not in names and not is_key:
            constant = CONSTANTS.get(name, "" if not_null else None)
            columns.append(name)
            values.append("NULL" if constant is None else f"'{constant}'")
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(values)})"


def write_companies(database, sheet):
    """Write a sheet of companies to an empty database, with all that an import leaves there.

    That is the company, its tenancy, its industries and the history of each, in one transaction,
    under the pragmas of the site.
    """
    with (
        closing(sqlite3.connect(database)) as connection,
        open(sheet, encoding="utf-8-sig") as file,
    ):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        park_ids = dict(connection.execute("SELECT name, id FROM parks_park"))
        industry_ids = dict(connection.execute("SELECT name, id FROM reference_industry"))
        insert = {
            table: statement(connection, f"companies_{table}", names)
            for table, names in COLUMNS.items()
        }
        rows = csv.reader(file)
        next(rows)
        numbered = enumerate(rows, start=1)
        with connection:
            while batch := list(islice(numbered, BATCH)):
                lines = {}
                lines["company"] = [
                    (pk, f"company-{pk}", name, code, *others, name, name.lower())
                    for pk, (name, code, _park, _industries, *others) in batch
                ]
                lines["tenancy"] = [(pk, pk, park_ids[row[2]]) for pk, row in batch]
                lines["company_industries"] = [
                    (2 * pk + offset, pk, industry_ids[name])
                    for pk, row in batch
                    for offset, name in enumerate(row[3].split("、"))
                ]
                lines["historicalcompany"] = [(*line[:-2], line[0]) for line in lines["company"]]
                lines["historicaltenancy"] = [(*line, line[1]) for line in lines["tenancy"]]
                lines["historicalcompany_industries"] = [
                    (*line, line[1]) for line in lines["company_industries"]
                ]
                for table, sql in insert.items():
                    connection.executemany(sql, lines[table])
