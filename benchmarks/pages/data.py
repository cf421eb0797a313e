"""Generated companies and collected static files, kept under var/ until what makes them changes."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks.scratch import ROOT, Site

KEPT = ROOT / "var" / "bench"
DATABASES_MADE_BY = [
    "benchmarks/companies.py",
    "benchmarks/pages/data.py",
    "benchmarks/pages/fill.py",
    "benchmarks/pages/pages.py",
    "benchmarks/tutorial/models.py",
    "fixtures/*.json",
    "*/migrations/*.py",
    "promotion/*/migrations/*.py",
    "companies/models.py",
    "promotion/reference/changes.py",
    "promotion/reference/fields.py",
    "promotion/reference/records/*.py",
]
STATIC_MADE_BY = ["promotion/static/**/*.*", "requirements.txt"]
# The tutorial-style site has the same companies, in the tables that its author would have made.
COPY = """
INSERT INTO tutorial_park (id, slug, name, summary)
    SELECT id, slug, name, summary FROM site.parks_park WHERE status = 'published';
INSERT INTO tutorial_industry (id, slug, name)
    SELECT id, slug, name FROM site.reference_industry WHERE status = 'published';
INSERT INTO tutorial_source (id, slug, title)
    SELECT id, slug, name FROM site.reference_source WHERE status = 'published';
INSERT INTO tutorial_company (id, slug, name, kind, country, summary, established_on,
        registered_capital, staff_count, credit_code, address, website, is_published)
    SELECT id, slug, name, kind, country, summary, established_on, registered_capital_cny_10k,
        staff_count, unified_social_credit_code, address, website, 1
    FROM site.companies_company WHERE status = 'published' ORDER BY sort_key;
INSERT INTO tutorial_company_industries (company_id, industry_id)
    SELECT company_id, industry_id FROM site.companies_company_industries
    WHERE company_id IN (SELECT id FROM tutorial_company);
INSERT INTO tutorial_tenancy (company_id, park_id, role, started_on)
    SELECT company_id, park_id, role, started_on FROM site.companies_tenancy
    WHERE company_id IN (SELECT id FROM tutorial_company);
INSERT INTO tutorial_figure (company_id, label, value, unit, period)
    SELECT subject_id, label, value, unit, period FROM site.reference_figure
    WHERE subject_type_id = :company AND subject_id IN (SELECT id FROM tutorial_company);
INSERT INTO tutorial_citation (company_id, source_id, field, paragraph, excerpt)
    SELECT subject_id, source_id, field, paragraph, excerpt FROM site.reference_citation
    WHERE subject_type_id = :company AND subject_id IN (SELECT id FROM tutorial_company);
"""


def kept_folder(kept, kind, made_by):
    """Return where something is kept: the folder is named for all that decides what is in it."""
    digest = hashlib.sha256()
    for pattern in made_by:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return kept / kind / digest.hexdigest()[:16]


def static_folder(kept=KEPT):
    return kept_folder(kept, "static", STATIC_MADE_BY)


def databases(count, kept=KEPT, start=None):
    """Return the kept databases of the site and the tutorial with so many companies.

    `start` is a database with the content of fixtures/ to begin with, instead of an empty one.
    """
    folder = kept_folder(kept, "databases", DATABASES_MADE_BY) / str(count)
    if not folder.exists():
        forget_others(folder.parent)
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        with Site(start) as site:
            site.python(f"from benchmarks.pages.fill import fill\nfill({count})")
            site.copy_database(unfinished / "site.sqlite3")
        make_tutorial(unfinished / "tutorial.sqlite3", unfinished / "site.sqlite3")
        unfinished.rename(folder)
    return folder / "site.sqlite3", folder / "tutorial.sqlite3"


def static_files(kept=KEPT):
    """Return the folder of the site's static files under the names that pages give them."""
    folder = static_folder(kept)
    if not folder.exists():
        forget_others(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="benchmark-") as var:
            subprocess.run(
                [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
                cwd=ROOT,
                env={**os.environ, "VAR_DIR": var, "DATABASE_URL": ""},
                check=True,
            )
            shutil.move(Path(var) / "static", folder)
    return folder


def forget_others(current):
    """Remove what was kept beside a folder for an earlier state of the project."""
    for folder in current.parent.iterdir() if current.parent.exists() else []:
        if folder != current:
            shutil.rmtree(folder)


def tutorial_environment(database):
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "benchmarks.tutorial.settings",
        "TUTORIAL_DATABASE": str(database),
        "PYTHONPATH": str(ROOT),
    }


def make_tutorial(database, site):
    """Make the database of the tutorial-style site from that of the site."""
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
        cwd=database.parent,
        env=tutorial_environment(database),
        check=True,
    )
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("ATTACH ? AS site", [str(Path(site))])
        (company,) = connection.execute(
            "SELECT id FROM site.django_content_type WHERE app_label = 'companies'"
            " AND model = 'company'"
        ).fetchone()
        with connection:
            for statement in COPY.split(";")[:-1]:
                values = {"company": company} if ":company" in statement else {}
                connection.execute(statement, values)
