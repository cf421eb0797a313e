"""A word planted in everything that is not public is found nowhere that the public can reach."""

import datetime
import io

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone
from pypdf import PdfReader

from companies.models import Tenancy
from parks.models import BeltNode
from promotion.api.kinds import KINDS
from promotion.reference.editorial.rows import changes_between, values_of
from promotion.reference.fields import PartialDateField
from promotion.reference.models import Citation, Figure, Source, subject_models
from promotion.reference.records import PublicRecord
from tests.factories import make_citation, make_figure, make_submission
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
PENDING = "zpendingz"
MARKERS = [*STATES, PENDING]
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


def propose(marker, position):
    """Keep changes of a public record of each model, and of what belongs to it, for review."""
    source = Source.objects.get(slug="hub-source")
    for model in subject_models(PublicRecord):
        record = model.objects.filter(slug=f"{model._meta.model_name}-{position}").first()
        if record is None:
            continue
        rows = [record, *record.figures.all(), *record.citations.all()]
        before = {(row._meta.label_lower, row.pk): values_of(row) for row in rows}
        with transaction.atomic():
            for row in rows:
                type(row).objects.filter(pk=row.pk).update(**words(type(row), marker))
            rows.append(make_figure(record, is_headline=True, **words(Figure, marker)))
            rows.append(make_citation(record, field="name", excerpt=marker, source=source))
            written = [type(row).objects.get(pk=row.pk) for row in rows]
            after = {(row._meta.label_lower, row.pk): values_of(row) for row in written}
            transaction.set_rollback(True)
        changes = changes_between(before, after)
        assert len(changes) >= 3
        make_submission(subject=record, changes=changes, label=marker, reason=marker)


@pytest.fixture
def planted():
    build(len(STATES) + 1)
    for position, (marker, state) in enumerate(STATES.items()):
        plant(marker, state, position)
    propose(PENDING, len(STATES))


def text_of(response):
    if response["Content-Type"] == "application/pdf":
        content = b"".join(response.streaming_content) if response.streaming else response.content
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if response.streaming:
        return b"".join(response.streaming_content).decode()
    return response.content.decode(errors="replace")


def hidden_addresses():
    """Return addresses that somebody could guess, of what is hidden."""
    for marker in STATES:
        for place in PLACES:
            query = f"{place}={marker}-{place}"
            yield from (f"/compare/?{query}&park=hub-park", f"/inquiries/new/?{query}")
            yield f"/compare/prospectus.pdf?{query}&park=hub-park"
        yield f"/match/?industry={marker}-industry&use=office"
        yield f"/belts/hub-belt/?node={marker}-park"
        yield f"/events/{marker}-event.ics"
        yield from (f"/belts/{marker}-belt/drawing.{suffix}" for suffix in ("svg", "png"))
        for model in subject_models(PublicRecord):
            if model.page and model._meta.model_name != "district":
                yield f"/{address_of(model)}/{marker}-{model._meta.model_name}/"


def hidden_api_addresses():
    """Return addresses of the API that somebody could guess, of what is hidden."""
    for marker in STATES:
        for name, kind in KINDS.items():
            if kind.model in subject_models(PublicRecord):
                key = f"{marker}-{kind.model._meta.model_name}"
                yield f"/api/v1/{name}/{key}/"
                yield f"/api/v1/citations/{name}:{key}/name/hub-source/1/"
        yield f"/api/v1/nodes/hub-belt/{marker}-park/"
        yield f"/api/v1/tenancies/hub-company/{marker}-park/tenant/"


def address_of(model):
    return model(slug="x").get_absolute_url().strip("/").partition("/")[0]


def test_nothing_that_is_hidden_is_found_by_following_links(client, planted):
    found = crawl(client, *FEEDS)
    assert len(found) > 150
    assert {
        (marker, address)
        for address, response in found.items()
        for marker in MARKERS
        if marker in text_of(response) or f"{marker}-" in str(response.headers)
    } == set()
    broken = {address for address, response in found.items() if response.status_code != 200}
    assert broken == set()


def test_nothing_that_is_hidden_answers_to_a_guess(client, planted):
    for address in (prefix + each for each in hidden_addresses() for prefix in ("", "/en")):
        response = client.get(address)
        if "?" in address:
            # The page may repeat what it was asked, but knows no name for it.
            assert CHINESE not in text_of(response), address
        else:
            assert response.status_code == 404, address


def test_nothing_that_is_hidden_answers_to_a_program(client, planted):
    for address in hidden_api_addresses():
        assert client.get(address).status_code == 404, address
    for name, kind in KINDS.items():
        for parameter in kind.filters:
            for marker in STATES:
                for value in (marker, f"{marker}-{parameter}", CHINESE):
                    response = client.get(f"/api/v1/{name}/", {parameter: value})
                    # What is hidden is refused, or finds as little, as what there never was.
                    assert response.status_code == 400 or response.json()["count"] == 0


def test_lists_of_the_api_count_only_what_is_public(client, planted):
    for name, kind in KINDS.items():
        answer = client.get(f"/api/v1/{name}/?page_size=100").json()
        assert answer["count"] == kind.published().count(), name
        for marker in MARKERS:
            assert marker not in str(answer), name


@pytest.mark.parametrize("query", [*MARKERS, CHINESE, "ancang", "ac"])
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
                chosen = client.get(address, {facet.name: choice.value}).context
                assert CHINESE not in choice.label
                assert choice.count == chosen["page_obj"].paginator.count, (address, choice)
