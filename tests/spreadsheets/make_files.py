"""Writes the files of tests/spreadsheets/files/: `python -m tests.spreadsheets.make_files`.

The same files come out every time: a workbook's members carry no time of day. What each of them
must lead to stands in `files/expected.toml`.
"""

import os
import sys
from importlib import import_module
from pathlib import Path

import django

FILES = Path(__file__).parent / "files"
MAKERS = [
    "awkward_csv", "awkward_cells", "awkward_layouts", "awkward_types", "awkward_dialects",
    "unreadable",
]  # fmt: skip


def made_files():
    """Return every file, as {name: bytes}."""
    files = {}
    for maker in MAKERS:
        for name, data in import_module(f"tests.spreadsheets.{maker}").files().items():
            assert name not in files, name
            files[name] = data
    return files


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promotion.settings")
    django.setup()
    FILES.mkdir(exist_ok=True)
    files = made_files()
    for path in FILES.iterdir():
        if path.suffix != ".toml" and path.name not in files:
            path.unlink()
    for name, data in files.items():
        (FILES / name).write_bytes(data)
    sys.stdout.write(f"{len(files)} files\n")


if __name__ == "__main__":
    main()
