"""A word planted in everything that is not public is found nowhere that the public can reach."""

import datetime
import io

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from pypdf import PdfReader

from companies.models import Tenancy
from parks.models import BeltNode
from promotion.reference.fields import PartialDateField
from promotion.reference.models import Citation, Figure, Source, subject_models
from promotion.reference.records import PublicRecord
from tests.factories import make_citation, make_figure
from tests.pages.crawl import crawl
from tests.pages.world import FEEDS, LISTS, build

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
STATES = {
    "zdraftz": {"status": "draft"},
    "zreviewz": {"status": "in_review"},
    "zarchivedz": {"status": "archived"},
    "zfuturez": {"publish_at": timezone.now() + HOUR},
    "zpastz": {"expires_at": timezone.now() - HOUR},
}
CHINESE = "暗藏"
PLACES = ["park", "space", "incubator"]


def words(model, marker):
    """Return the marker for every field of a model that holds free text."""
    return {
        field.name: marker
        for field in model._meta.fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, PartialDateField | models.URLField | models.EmailField)
        and not field.choices
        and field.name not in ("slug", "unified_social_credit_code", "country", "code")
    }


def plant(marker, state, position):
    """Hide a record of each model, with the marker in all that belongs to it."""
    for model in subject_models(PublicRecord):
        record = model.objects.filter(slug=f"{model._meta.model_name}-{position}").first()
        if record is None:
            continue
        model.objects.filter(pk=record.pk).update(
            **{
                **words(model, marker),
                "slug": f"{marker}-{model._meta.model_name}",
                "name": f"{marker}{CHINESE}",
                "search_text": f"{marker} {CHINESE} ancang ac",
                **state,
            },
        )
        figure = make_figure(record, is_headline=True, **words(Figure, marker))
        source = Source.objects.get(slug="hub-source")
        make_citation(record, field="name", excerpt=marker, source=source)
        make_citation(figure, excerpt=marker, source=source)
        about = {"subject_type": ContentType.objects.get_for_model(model), "subject_id": record.pk}
        Citation.objects.filter(**about).update(excerpt=marker)
        for part, name in ((Tenancy, "company"), (Tenancy, "park"), (BeltNode, "park")):
            if part._meta.get_field(name).related_model is model:
                part.objects.filter(**{name: record}).update(**words(part, marker))


@pytest.fixture
def planted():
    build(len(STATES) + 1)
    for position, (marker, state) in enumerate(STATES.items()):
        plant(marker, state, position)


def text_of(response):
    if response["Content-Type"] == "application/pdf":
        content = b"".join(response.streaming_content) if response.streaming else response.content
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return response.content.decode(errors="replace")


def hidden_addresses():
    """Return addresses that somebody could guess, of what is hidden."""
    for marker in STATES:
        for place in PLACES:
            query = f"{place}={marker}-{place}"
            yield from (f"/compare/?{query}&park=hub-park", f"/inquiries/new/?{query}")
            yield f"/compare/prospectus.pdf?{query}&park=hub-park"
        yield f"/match/?industry={marker}-industry&use=office"
        for model in subject_models(PublicRecord):
            if model.page and model._meta.model_name != "district":
                yield f"/{address_of(model)}/{marker}-{model._meta.model_name}/"


def address_of(model):
    return model(slug="x").get_absolute_url().strip("/").partition("/")[0]


def test_nothing_that_is_hidden_is_found_by_following_links(client, planted):
    found = crawl(client, *FEEDS)
    assert len(found) > 150
    assert {
        (marker, address)
        for address, response in found.items()
        for marker in STATES
        if marker in text_of(response) or f"{marker}-" in str(response.headers)
    } == set()
    broken = {address for address, response in found.items() if response.status_code != 200}
    assert broken == set()


def test_nothing_that_is_hidden_answers_to_a_guess(client, planted):
    for address in hidden_addresses():
        response = client.get(address)
        if "?" in address:
            # The page may repeat what it was asked, but knows no name for it.
            assert CHINESE not in text_of(response), address
        else:
            assert response.status_code == 404, address


@pytest.mark.parametrize("query", [*STATES, CHINESE, "ancang", "ac"])
def test_nothing_that_is_hidden_is_found_by_searching(client, planted, query):
    for language in ("", "/en"):
        assert 'class="results"' not in client.get(f"{language}/search/?q={query}").text
        assert CHINESE not in client.get(f"{language}/search/suggest/?q={query[:-1]}").text


def test_lists_and_their_choices_count_only_what_is_public(client, planted):
    for address in LISTS:
        context = client.get(address).context
        paginator = context["page_obj"].paginator
        model = paginator.object_list.model
        assert paginator.count == model._default_manager.published().count(), address
        for facet in context["filterset"].facets:
            for choice in facet.choices:
                assert choice.count <= paginator.count
