"""Following every link of the public site, as a search engine would that has all the time."""

import re
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit

LINK = re.compile(r'(?:href|src|action)="([^"]*)"|<loc>([^<]*)</loc>')
JSON_LINK = re.compile(r'"(http://testserver/[^"]*)"()')
READ = {"text/html", "application/xml", "application/atom+xml", "application/json"}
NO_PAGES = ("/static/", "/media/", "/admin/", "/en/admin/")
ROOTS = ["/", "/en/", "/sitemap.xml", "/robots.txt"]
HOST = "http://testserver"


def links_of(text, address):
    """Yield the addresses on this site that a page names."""
    pattern = JSON_LINK if text.startswith("{") else LINK
    for match in pattern.finditer(text):
        target = urldefrag(urljoin(HOST + address, unescape(match[1] or match[2])))[0]
        parts = urlsplit(target)
        is_ours = f"{parts.scheme}://{parts.netloc}" == HOST
        # Choices combine without end: each is followed by itself.
        if is_ours and parts.query.count("&") < 1 and not parts.path.startswith(NO_PAGES):
            yield target.removeprefix(HOST)


def crawl(client, *more, choices=True):
    """Return {address: response} of every public page that a link leads to, from the roots on.

    Without `choices`, addresses with a query are left out.
    """
    waiting, found = [*ROOTS, *more], {}
    seen = set(waiting)
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        found[address] = response
        kind = response["Content-Type"].partition(";")[0]
        if kind in READ and not response.streaming:
            for link in links_of(response.content.decode(), address):
                if link not in seen and (choices or "?" not in link):
                    seen.add(link)
                    waiting.append(link)
    return found
