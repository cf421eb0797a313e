"""What every page's frame needs."""

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import escape_uri_path
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from parks.services import home_district
from promotion.models import SitePage
from promotion.reference.services import CHINESE_TAG

ENGLISH_PREFIX = "/en"
ICP_REGISTER = "https://beian.miit.gov.cn/"
PUBLIC_SECURITY_REGISTER = "https://beian.mps.gov.cn/#/query/webSearch?code={code}"
NAVIGATION = [
    ("belt", "belt_list", _("产业带")),
    ("park", "park_list", _("园区")),
    ("incubator", "incubator_list", _("孵化器")),
    ("company", "company_list", _("企业")),
    ("industry", "industry_list", _("产业")),
    ("program", "program_list", _("服务")),
    ("policy", "policy_list", _("政策")),
    ("event", "event_list", _("活动")),
    ("figure", "figure_list", _("数据")),
]


def chinese_path(path):
    """Return the address of the same page in Chinese."""
    if path == ENGLISH_PREFIX or path.startswith(f"{ENGLISH_PREFIX}/"):
        return path.removeprefix(ENGLISH_PREFIX) or "/"
    return path


def navigation(request):
    """Return the main sections of the site, the one that the page belongs to marked."""
    match = request.resolver_match
    section = match.url_name.partition("_")[0] if match and match.url_name else ""
    return [
        {"address": reverse(page), "label": label, "is_current": name == section}
        for name, page, label in NAVIGATION
    ]


def filings():
    """Return the filing numbers that a site in China shows on every page, and who verifies them."""
    numbers = []
    if settings.ICP_NUMBER:
        numbers.append({"number": settings.ICP_NUMBER, "address": ICP_REGISTER})
    if settings.PUBLIC_SECURITY_NUMBER:
        code = "".join(mark for mark in settings.PUBLIC_SECURITY_NUMBER if mark.isdigit())
        address = PUBLIC_SECURITY_REGISTER.format(code=code)
        numbers.append({"number": settings.PUBLIC_SECURITY_NUMBER, "address": address})
    return numbers


def site(request):
    """Return the home district, the pages about the site, and the page's address in each language.

    The switch keeps the whole query.
    """
    query = request.META.get("QUERY_STRING", "")
    # An address that begins with two slashes would lead to another site.
    path = escape_uri_path("/" + chinese_path(request.path).lstrip("/"))
    pages = SitePage.objects.published()
    return {
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "home_district": SimpleLazyObject(lambda: home_district(request)),
        "site_pages": pages,
        "data_licence": SimpleLazyObject(
            lambda: next((page for page in pages if page.is_data_licence), None)
        ),
        "filings": filings(),
        "site_root": f"{request.scheme}://{request.get_host()}",
        "languages": [
            {
                "code": code,
                "tag": CHINESE_TAG if code == settings.LANGUAGE_CODE else code,
                "name": name,
                "path": f"{prefix}{path}",
                "switch": f"{prefix}{path}?{query}" if query else f"{prefix}{path}",
            }
            for code, name, prefix in (
                (settings.LANGUAGE_CODE, "中文", ""),
                ("en", "English", ENGLISH_PREFIX),
            )
        ],
    }
