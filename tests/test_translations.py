"""The interface in English: nothing missing, nothing stale, nothing left in Chinese."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.contrib import admin
from django.utils.translation import override

from tests.project import our_models

CATALOG = settings.BASE_DIR / "locale" / "en" / "LC_MESSAGES" / "django.po"
# What Django's own Chinese lacks.
CHINESE_CATALOG = settings.BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
CHINESE_SCRIPTS = CHINESE_CATALOG.with_name("djangojs.po")
# Han characters, and the punctuation and full-width forms that go with them.
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%(?!\()[a-z]")
CATALOG_OF_SCRIPTS = re.compile(r"const newcatalog = (\{.*?\});", re.DOTALL)
SAID_BY_SCRIPT = re.compile(r"""\bgettext\((['"])(.*?)\1\)""")
TAG = re.compile(r"</?[a-z][^>]*>")

# What a translation deliberately quotes in Chinese, and why.
QUOTED_CHINESE = {
    "原文用“拟、将”是计划，“预计”是预计，“有望、力争”是期望。": (
        {"拟", "将", "预计", "有望", "力争"},
        "the words to look for stand in the Chinese document",
    ),
    "其他常用名称，用顿号分隔；可被搜索到。": (
        {"、"},
        "the mark that separates the names is the Chinese one",
    ),
    (
        "文件里没有的栏目保持不变；栏目里空着的单元格会清空原值。每一行按网址代码、统一社会信用代码或名称找到"
        "已有记录，找不到的就是新记录，新记录为草稿。一个格里有多个值时用顿号分隔。"
    ): (
        {"、"},
        "the mark that exported cells use between values is the Chinese one",
    ),
}


def entries():
    """Return the catalog's entries."""
    return list(polib.pofile(CATALOG))


def originals(entry):
    """Return the Chinese texts of an entry: one, or the two of a plural."""
    return [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]


def translations(entry):
    """Return the English texts of an entry: one, or the two of a plural."""
    if entry.msgid_plural:
        return [entry.msgstr_plural.get(number, "") for number in (0, 1)]
    return [entry.msgstr]


def texts_of(catalog):
    """Return what a catalog says, as {(context, original, plural): translations}."""
    return {
        (entry.msgctxt, entry.msgid, entry.msgid_plural): translations(entry) for entry in catalog
    }


def differing(found):
    """Return the originals whose translations do not hold the same things, by `found`."""
    return [
        entry.msgid
        for entry in entries()
        for original, translation in zip(originals(entry), translations(entry), strict=True)
        if sorted(set(found(original))) != sorted(set(found(translation)))
    ]


def test_every_string_has_a_translation_that_someone_checked():
    assert [
        entry.msgid
        for entry in entries()
        if entry.fuzzy or not all(text.strip() for text in translations(entry))
    ] == []


def test_no_entry_is_left_over():
    assert [entry.msgid for entry in entries() if entry.obsolete] == []


def test_translations_keep_the_placeholders():
    assert differing(PLACEHOLDER.findall) == []


def test_translations_keep_the_tags():
    assert differing(TAG.findall) == []


def test_translations_hold_no_chinese_but_what_they_quote():
    assert {
        entry.msgid: found
        for entry in entries()
        if (found := set(CHINESE.findall(" ".join(translations(entry)))))
        and found != QUOTED_CHINESE.get(entry.msgid, (set(),))[0]
    } == {}


def test_quoted_chinese_is_still_quoted():
    assert set(QUOTED_CHINESE) <= {entry.msgid for entry in entries()}


@pytest.mark.parametrize("path", [CATALOG, CHINESE_CATALOG, CHINESE_SCRIPTS])
def test_the_compiled_catalog_says_what_the_catalog_says(path):
    catalog, compiled = polib.pofile(path), polib.mofile(path.with_suffix(".mo"))
    assert texts_of(compiled) == texts_of(catalog)
    # msgfmt leaves the date out, so that the same catalog always gives the same file.
    catalog.metadata.pop("POT-Creation-Date", None)
    compiled.metadata.pop("POT-Creation-Date", None)
    assert compiled.metadata == catalog.metadata


def test_scripts_of_the_staff_side_find_all_that_they_say_in_chinese(client, admin_user):
    client.force_login(admin_user)
    found = CATALOG_OF_SCRIPTS.search(client.get("/admin/jsi18n/").content.decode())
    known = json.loads(found[1])
    folder = Path(admin.__file__).parent / "static" / "admin" / "js"
    scripts = [*folder.glob("*.js"), *folder.glob("admin/*.js")]
    said = {text for each in scripts for _, text in SAID_BY_SCRIPT.findall(each.read_text())}
    assert len(said) > 30
    assert said - known.keys() == set()


def test_the_header_says_the_language_and_names_no_person():
    metadata = polib.pofile(CATALOG).metadata
    expected = {
        "Project-Id-Version": "Beltline",
        "Language": "en",
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    assert {name: metadata.get(name) for name in expected} == expected
    assert metadata.keys().isdisjoint({"Last-Translator", "Language-Team"})


def test_english_names_tell_models_apart():
    with override("en"):
        names = [str(model._meta.verbose_name).lower() for model in our_models()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_english_names_tell_the_fields_of_a_model_apart(model):
    with override("en"):
        names = [
            str(field.verbose_name).lower()
            for field in model._meta.get_fields()
            if field.concrete and field.editable and not field.primary_key
        ]
    assert sorted(set(names)) == sorted(names)


def vocabularies():
    """Return (label, choices) of every closed vocabulary that a field takes its values from."""
    return {
        f"{model._meta.label}.{field.name}": field.choices
        for model in our_models()
        for field in model._meta.fields
        if field.choices
    }.items()


@pytest.mark.parametrize(("field", "choices"), vocabularies())
def test_english_labels_tell_the_choices_of_a_field_apart(field, choices):
    with override("en"):
        labels = [str(label).lower() for _code, label in choices]
    assert len(set(labels)) == len(labels)


def test_the_catalog_has_every_string_of_the_sources_and_no_other(tmp_path):
    if not (shutil.which("xgettext") and shutil.which("msgfmt")):
        pytest.skip("GNU gettext is not installed, so the sources' strings cannot be collected")
    copy = tmp_path / "copy"
    shutil.copytree(
        settings.BASE_DIR,
        copy,
        ignore=shutil.ignore_patterns(".*", "var", "locale", "__pycache__", "node_modules"),
    )
    (copy / "locale").mkdir()
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "en", "--no-location", "-v0"],
        cwd=copy,
        env={**os.environ, "VAR_DIR": str(tmp_path / "var")},
        check=True,
    )
    collected = polib.pofile(copy / "locale" / "en" / "LC_MESSAGES" / "django.po")
    assert set(texts_of(polib.pofile(CATALOG))) == set(texts_of(collected))
