"""The API answers as its schema says, whatever it is asked; and not too often."""

import json

import pytest
import schemathesis
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from promotion.api.kinds import KINDS
from tests.connections import kept_connection
from tests.factories import make_park
from tests.pages.test_hostile_parameters import VALUES
from tests.pages.world import API, build

pytestmark = pytest.mark.django_db

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]


def test_the_schema_is_complete_and_valid(tmp_path):
    call_command("spectacular", "--fail-on-warn", "--validate", file=str(tmp_path / "schema.yml"))


@pytest.mark.parametrize(("prefix", "summary"), [("", "公开的园区"), ("/en", "Public records: ")])
def test_the_schema_names_every_kind_in_the_language_of_its_address(client, prefix, summary):
    paths = json.loads(client.get(f"{prefix}/api/v1/schema/").content)["paths"]
    expected = {f"{prefix}/api/v1/{name}/{key}" for name in KINDS for key in ("", "{key}/")}
    assert set(paths) == expected
    assert paths[f"{prefix}/api/v1/parks/"]["get"]["summary"].startswith(summary)


@pytest.fixture
def application():
    with kept_connection():
        yield get_wsgi_application()


@pytest.mark.parametrize("mode", MODES, ids=["as-described", "otherwise"])
def test_answers_are_as_the_schema_says(application, mode):
    build(1)
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) == 2 * len(KINDS)
    for operation in operations:
        if mode == schemathesis.GenerationMode.NEGATIVE and "{key}" in operation.path:
            # Any text may be a key: nothing can be asked that is not as described.
            continue

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=3,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case):
            case.call_and_validate(checks=CHECKS)

        ask()


@pytest.mark.parametrize("name", KINDS)
def test_each_record_is_as_the_schema_says(application, name):
    build(1)
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    case = schema[f"/api/v1/{name}/"]["GET"].Case(query={"page_size": 100})
    assert case.call_and_validate(checks=CHECKS).json()["results"]


def test_too_many_parameters_are_refused_as_programs_read_it(client):
    response = client.get(f"/api/v1/parks/?{'a=&' * 2_000}")
    assert response.status_code == 400
    assert set(response.json()) == {"detail"}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_whatever_is_asked_is_answered_or_refused_by_name(client, value):
    make_park()
    for name, kind in KINDS.items():
        for parameter in ("page", "page_size", "unknown", *kind.filters):
            response = client.get(f"/api/v1/{name}/?{parameter}={value}")
            assert response.status_code in {200, 400, 404}, f"{name} {parameter}"
            if response.status_code == 400:
                assert set(response.json()["errors"]) == {parameter}
        for key in (value, f"{value}/{value}", f"parks:{value}/-/{value}/{value}"):
            response = client.get(f"/api/v1/{name}/{key}/")
            assert response.status_code == 404, f"{name} {key}"
            assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("query", "status", "named"),
    [
        ("page=2", 404, None),
        ("page=0", 400, "page"),
        ("page=99999999999999999999", 400, "page"),
        ("page_size=101", 400, "page_size"),
        ("page_size=99999999999999999999", 400, "page_size"),
        ("kind=castle", 400, "kind"),
        ("industry=none", 400, "industry"),
        ("knid=tower", 400, "knid"),
    ],
)
def test_what_is_wrong_is_named_in_the_visitors_language(client, query, status, named):
    make_park()
    chinese, english = (client.get(f"{prefix}/api/v1/parks/?{query}") for prefix in ("", "/en"))
    assert (chinese.status_code, english.status_code) == (status, status)
    assert chinese.json()["detail"] != english.json()["detail"]
    assert english.json()["detail"].isascii() or "“" in english.json()["detail"]
    if named:
        assert list(chinese.json()["errors"]) == [named]


def test_filters_and_pages_are_those_of_the_site(client):
    for number in range(3):
        make_park(slug=f"tower-{number}", kind="tower")
    make_park(kind="complex")
    first = client.get("/api/v1/parks/?kind=tower&page_size=2").json()
    assert first["count"] == 3
    assert first["previous"] is None
    second = client.get(first["next"]).json()
    assert second["next"] is None
    slugs = [row["slug"] for row in (*first["results"], *second["results"])]
    assert sorted(slugs) == ["tower-0", "tower-1", "tower-2"]


def test_other_sites_may_read_and_nobody_may_write(client):
    make_park(slug="a")
    for address in [*API, "/api/v1/parks/a/", "/data/parks.csv"]:
        response = client.get(address, headers={"origin": "https://elsewhere.example"})
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response
        assert response.cookies == {}
        assert "Cookie" not in response.get("Vary", "")
        assert client.options(address)["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        assert client.head(address).status_code == 200
        for method in (client.post, client.put, client.patch, client.delete):
            refused = method(address)
            assert refused.status_code == 405
            assert "GET" in refused.json()["detail"]
    assert "Access-Control-Allow-Origin" not in client.get("/parks/")


def test_who_has_an_answer_is_told_when_it_is_still_the_same(client):
    park = make_park(slug="a")
    tag = client.get("/api/v1/parks/a/")["ETag"]
    same = client.get("/api/v1/parks/a/", headers={"if-none-match": tag})
    assert (same.status_code, same.content) == (304, b"")
    park.name = "新名称"
    park.save()
    assert client.get("/api/v1/parks/a/", headers={"if-none-match": tag}).status_code == 200


def test_an_address_gets_so_many_answers_an_hour(client, settings):
    settings.API_REQUESTS_PER_HOUR, settings.DOWNLOADS_PER_HOUR = 2, 1
    for address, limit in (("/api/v1/parks/", 2), ("/data/parks.csv", 1)):
        for _request in range(limit):
            assert client.get(address).status_code == 200
        refused = client.get(address)
        assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
        assert "一小时" in refused.json()["detail"]
        assert client.get(address, REMOTE_ADDR="192.0.2.9").status_code == 200
        # What a visitor says of where he comes from counts only where a proxy is known to stand.
        forged = {"X-Forwarded-For": "192.0.2.10"}
        assert client.get(address, headers=forged).status_code == 429
    settings.BEHIND_PROXY = True
    assert client.get("/api/v1/parks/", headers=forged).status_code == 200
