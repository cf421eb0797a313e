"""What every model of the project has; a model that lacks something is named."""

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import models

from promotion.reference.models import SubjectModel
from promotion.reference.records import PublicRecord, TrackedModel
from promotion.resources import RESOURCES
from tests.project import our_models

CHINESE = re.compile("[一-鿿]")

WITHOUT_FIXTURE = {
    "parks.Building": "the documents name no building as such",
    "parks.Space": "the documents offer no space",
    "parks.Mentor": "the documents name no mentor",
    "parks.Liaison": "the documents name no liaison",
    "promotion.Advisor": "the documents name no adviser",
    "promotion.TalentDemand": "the documents announce the list, not its entries",
    "reference.Figure": "nested in the records they belong to",
    "reference.Citation": "nested in the records they support",
}


NOT_TRACKED = {
    "audit.AuditEntry": "the record of what was done, which nobody edits",
    "audit.AuditHead": "where that record ends",
    "promotion.Inquiry": "a history would keep what a visitor wrote beyond its deletion",
    "promotion.InquirySubject": "a part of an enquiry, never edited",
    "reference.DataVersion": "a number that the database counts",
    "reference.PendingChange": "a transaction that has not ended, for as long as it has not",
    "reference.Distinction": "a decision with its date and author, taken back by its removal",
    "reference.Merge": "the record of a merge, which nobody edits",
    "reference.SourceText": "a history would keep copies of a private text",
    "reference.SourceParagraph": "a history would keep copies of a private text",
    "parks.ParkOperator": "a right, whose granting the admin's log keeps",
    "reference.Role": "which group stands for a role; staff edit the group",
    "reference.ImportBatch": "the record of an import, which nobody edits",
    "reference.Submission": "the record of a review, which nobody edits",
}


ONE_FOR_BOTH_LANGUAGES = {
    "slug",
    "aliases",
    "pinyin",
    "contact_name",
    "phone",
    "document_number",
    "unified_social_credit_code",
    "division_code",
    "code",
    "file_name",
}


def lacking(condition):
    """Return the labels of the models for which a condition does not hold."""
    return [model._meta.label for model in our_models() if not condition(model)]


def test_every_table_of_ours_is_tracked():
    apps_of_ours = {"audit", "reference", "parks", "companies", "promotion"}
    untracked = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in apps_of_ours
        and not issubclass(model, TrackedModel)
        and not hasattr(model, "instance_type")
    ]
    assert sorted(untracked) == sorted(NOT_TRACKED)


def test_every_model_says_what_a_row_is():
    assert lacking(lambda model: not model.__doc__.startswith(f"{model.__name__}(")) == []


def test_every_model_has_an_ordering():
    assert lacking(lambda model: model._meta.ordering) == []


def test_every_model_has_its_own_text_form():
    assert lacking(lambda model: model.__str__ is not models.Model.__str__) == []


def test_every_model_and_field_has_a_chinese_name():
    nameless = lacking(lambda model: CHINESE.search(str(model._meta.verbose_name)))
    nameless += [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.get_fields()
        if field.concrete
        and field.editable
        and not field.primary_key
        and not CHINESE.search(str(field.verbose_name))
    ]
    assert nameless == []


def test_every_model_is_in_the_admin():
    assert lacking(admin.site.is_registered) == []


def test_every_model_has_a_spreadsheet():
    in_sheets = {resource._meta.model for resource in RESOURCES.values()}
    in_sheets.add(apps.get_model("parks.Service"))
    assert lacking(lambda model: model in in_sheets) == []


def test_every_key_is_held_unique_by_the_database():
    def key_is_unique(model):
        key = list(model.key_fields)
        if len(key) == 1:
            return model._meta.get_field(key[0]).unique
        return any(
            isinstance(constraint, models.UniqueConstraint)
            and list(constraint.fields) == key
            and constraint.condition is None
            for constraint in model._meta.constraints
        )

    assert lacking(key_is_unique) == []


def test_no_decimal_is_longer_than_sqlite_can_give_back():
    # SQLite keeps a decimal as an eight-byte float: exact to 15 digits, unreadable beyond.
    too_long = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.fields
        if isinstance(field, models.DecimalField) and field.max_digits > 15
    ]
    assert too_long == []


def test_every_public_record_has_both_languages_for_its_text():
    unpaired = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        if issubclass(model, PublicRecord)
        for field in model._meta.fields
        if field.name.endswith("_en") and not hasattr(model, field.name.removesuffix("_en"))
    ]
    assert unpaired == []


def test_every_text_of_a_public_record_can_be_given_in_english():
    chinese_only = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        if issubclass(model, PublicRecord)
        for field in model._meta.fields
        if type(field) in (models.CharField, models.TextField)
        and not field.choices
        and not field.name.endswith("_en")
        and field.name not in ONE_FOR_BOTH_LANGUAGES
        and not hasattr(model, f"{field.name}_en")
    ]
    assert chinese_only == []


def test_every_model_has_a_glossary_entry():
    glossary = (settings.BASE_DIR / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert lacking(lambda model: f"`{model.__name__}`" in glossary) == []


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_model_has_fixtures_or_a_reason_for_none(model):
    texts = [
        path.read_text(encoding="utf-8") for path in (settings.BASE_DIR / "fixtures").iterdir()
    ]
    has_fixture = any(f'"model": "{model._meta.label_lower}"' in text for text in texts)
    assert has_fixture != (model._meta.label in WITHOUT_FIXTURE)


def test_rows_about_a_subject_name_it_by_type_and_id():
    assert [model._meta.label for model in our_models() if issubclass(model, SubjectModel)] == [
        "reference.Figure",
        "reference.Citation",
    ]
