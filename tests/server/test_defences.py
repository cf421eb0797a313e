"""What a public server's answers have browsers refuse, by the rules that observatories score."""

import http.client
import re
from contextlib import closing

import pytest

from tests.server.enquirers import PATH as ENQUIRY
from tests.sites import copied_site

HOST = "invest.example.gov.cn"
OVER_HTTPS = {"Host": HOST, "X-Forwarded-Proto": "https"}
PUBLIC = {
    "ALLOWED_HOSTS": HOST,
    "BEHIND_PROXY": "on",
    "WEB_CONCURRENCY": "1",
    "SECURITY_CONTACT": "mailto:security@example.gov.cn",
}
PAGES = {
    "home": ("/", 200),
    "English": ("/en/parks/", 200),
    "form": (ENQUIRY, 200),
    "admin": ("/admin/login/", 200),
    "missing": ("/none/", 404),
    "picture": ("/media/pictures/park/" + "0" * 32 + ".png", 404),
    "site map": ("/sitemap.xml", 200),
    "feed": ("/feed.atom", 200),
    "drawing": ("/belts/qilianshan-road-belt/drawing.svg", 200),
    "health": ("/healthz/live", 200),
    "redirect": ("/parks", 301),
    "security contact": ("/.well-known/security.txt", 200),
}
YEAR_SECONDS = 31_536_000


@pytest.fixture(scope="module")
def server(built, tmp_path_factory):
    site = copied_site(tmp_path_factory.mktemp("public"), built)
    with site.serving(**PUBLIC) as server:
        server.site = site
        yield server
    site.remove()


def policy(answer):
    """Return a content security policy as directive → its sources."""
    directives = (part.split() for part in answer.getheader("Content-Security-Policy").split(";"))
    return {name: sources for name, *sources in directives}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_kind_of_answer_carries_every_defence(server, name):
    path, status = PAGES[name]
    answer = server.ask(path, headers=OVER_HTTPS)
    assert answer.status == status
    directives = policy(answer)
    assert directives["default-src"] in (["'self'"], ["'none'"])
    assert directives["frame-ancestors"] == ["'none'"]
    assert directives["base-uri"] == directives["object-src"] == ["'none'"]
    assert directives["form-action"] == ["'self'"]
    assert not re.search(r"unsafe|data:|\*|http:", answer.getheader("Content-Security-Policy"))
    hsts = answer.getheader("Strict-Transport-Security")
    assert int(re.match(r"max-age=(\d+)", hsts)[1]) >= YEAR_SECONDS
    assert "includeSubDomains" in hsts
    assert "preload" in hsts
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert answer.getheader("Referrer-Policy") == "same-origin"
    assert answer.getheader("Cross-Origin-Opener-Policy") == "same-origin"
    assert answer.getheader("Cross-Origin-Resource-Policy") == "same-origin"
    assert "camera=()" in answer.getheader("Permissions-Policy")
    assert answer.getheader("X-Frame-Options") == "DENY"
    for cookie in answer.headers.get_all("Set-Cookie", []):
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert re.search("SameSite=(Lax|Strict)", cookie)


def test_files_of_our_own_are_as_safe_as_pages(server):
    home = server.ask("/", headers=OVER_HTTPS).text
    for path in re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg))"', home):
        answer = server.ask(path, headers=OVER_HTTPS)
        assert answer.status == 200
        assert policy(answer)["default-src"] == ["'self'"]
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        assert answer.getheader("Cross-Origin-Resource-Policy") == "same-origin"


def test_plain_http_leads_to_https_on_the_same_host(server):
    answer = server.ask("/parks/?page=2", headers={"Host": HOST})
    assert answer.status == 301
    assert answer.getheader("Location") == f"https://{HOST}/parks/?page=2"


@pytest.mark.parametrize(
    "path", ["//evil.example/", "//evil.example", "/%5Cevil.example", "/parks//evil.example"]
)
def test_no_address_leads_away_from_the_site(server, path):
    for address in (path, f"/en{path}", f"/admin/login/?next={path}"):
        answer = server.ask(address, headers=OVER_HTTPS)
        location = answer.getheader("Location") or "/"
        assert re.match(rf"/(?![/\\])|https://{HOST}/", location), location


@pytest.mark.parametrize("host", ["evil.example", "invest.example.gov.cn.evil.example", "", "a b"])
def test_another_host_is_refused_with_a_plain_page(server, host):
    answer = server.ask("/", headers={**OVER_HTTPS, "Host": host})
    assert answer.status == 400
    assert "evil" not in answer.text


def test_security_contact_is_a_valid_file(server):
    lines = server.ask("/.well-known/security.txt", headers=OVER_HTTPS).text.splitlines()
    fields = dict(line.split(": ", 1) for line in lines)
    assert fields["Contact"] == "mailto:security@example.gov.cn"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", fields["Expires"])
    assert fields["Canonical"] == f"https://{HOST}/.well-known/security.txt"


def send_head(server, *lines):
    """Send the head of a request as it stands, and return the answer with its text."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    with closing(connection):
        connection.connect()
        connection.sock.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = http.client.HTTPResponse(connection.sock)
        answer.begin()
        answer.text = answer.read().decode()
        return answer


def test_a_request_larger_than_anything_taken_is_refused_in_plain_words(server):
    body = b"x" * 40_000_000
    answer = server.ask(ENQUIRY, "POST", body, {**OVER_HTTPS, "Content-Type": "text/plain"})
    assert answer.status == 413
    assert "内容太大" in answer.text
    assert "Too large" in answer.text


def test_a_large_request_that_is_refused_unread_is_answered(server):
    body = b"x" * 20_000_000
    for _turn in range(5):
        answer = server.ask(ENQUIRY, "POST", body, {**OVER_HTTPS, "Content-Type": "text/plain"})
        assert answer.status == 403
        assert "没有权限" in answer.text


@pytest.mark.parametrize(
    "lines",
    {
        "a long address": ["GET /" + "a" * 9_000 + " HTTP/1.1", f"Host: {HOST}"],
        "a long header": ["GET / HTTP/1.1", f"Host: {HOST}", "X-Long: " + "a" * 9_000],
        "many headers": ["GET / HTTP/1.1", f"Host: {HOST}", *(f"X-{n}: a" for n in range(150))],
        "no host": ["GET / HTTP/1.1"],
        "two lengths": [
            "POST / HTTP/1.1",
            f"Host: {HOST}",
            "Content-Length: 1",
            "Content-Length: 2",
        ],
        "length and chunks": [
            "POST / HTTP/1.1",
            f"Host: {HOST}",
            "Content-Length: 1",
            "Transfer-Encoding: chunked",
        ],
        "no number": ["POST / HTTP/1.1", f"Host: {HOST}", "Content-Length: many"],
        "Chinese as it is": ["GET /search/?q=王小明13800001111 HTTP/1.1", f"Host: {HOST}"],
        "no version": ["GET /inquiries/20261130-ABCDEFGH/"],
        "an expectation": ["GET / HTTP/1.1", f"Host: {HOST}", "Expect: darjeeling"],
    }.values(),
    ids=[
        *("address", "header", "headers", "host", "lengths", "smuggling", "number"),
        *("chinese", "version", "expectation"),
    ],
)
def test_a_malformed_request_is_refused_in_both_languages_and_not_repeated(server, lines):
    answer = send_head(server, *lines)
    assert 400 <= answer.status < 500
    assert "这个请求无法处理" in answer.text
    assert "Bad request" in answer.text
    assert policy(answer)["default-src"] == ["'self'"]
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert answer.getheader("X-Frame-Options") == "DENY"
    for told in ("13800001111", "ABCDEFGH", "aaaaaaaa", "darjeeling"):
        assert told not in answer.text
        assert told not in server.site.log
    assert server.ask("/", headers=OVER_HTTPS).status == 200


def test_no_header_says_where_the_site_lies(server):
    assert server.ask("/parks/", headers={**OVER_HTTPS, "SCRIPT_NAME": "/evil"}).status == 200
