"""What every page tells those who only read its head: link previews, search engines."""

import json
from html import unescape

from django import template
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.urls import reverse
from django.utils.html import format_html, strip_tags
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from promotion import linked_data as schema
from promotion.reference.services import CHINESE_TAG, ENGLISH_TAG, language_tag

register = template.Library()

LOCALES = {CHINESE_TAG: "zh_CN", ENGLISH_TAG: "en_GB"}
DATASETS = {"figure_list", "data"}
# As Django's own json_script does: no text can close the element that it stands in.
SAFE_IN_SCRIPT = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def site_name(context):
    """Return what the site is called."""
    return schema.site_name(context.get("home_district"))


def block_text(context, name):
    """Return a block of the page, as its own template fills it, as one line of bare text."""
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return mark_safe(" ".join(strip_tags(block.render(context)).split()))  # noqa: S308


def canonical_address(context):
    """Return the one address of the page, without filters."""
    path = context["request"].path
    return f"{context['site_root']}{path}{context.get('canonical_query', '')}"


@register.inclusion_tag("_share.html", takes_context=True)
def share(context):
    """Say what a link to the page shows where it is passed on."""
    root, record = context["site_root"], context.get("record")
    tag = language_tag()
    return {
        "title": block_text(context, "title"),
        "description": block_text(context, "description"),
        "kind": "article" if record else "website",
        "address": canonical_address(context),
        "site_name": site_name(context),
        "locale": LOCALES[tag],
        "other_locale": next(LOCALES[other] for other in LOCALES if other != tag),
        "picture": schema.picture(record, root) or schema.emblem(root),
    }


def page_nodes(context):
    """Return the schema.org objects of a page: what it is about, and the way to it."""
    root, home = context["site_root"], context["home_district"]
    match = context["request"].resolver_match
    if match.url_name == "home":
        return [schema.website(home, root), *([schema.publisher(home, root)] if home else [])]
    record, page = context.get("record"), context.get("page_obj")
    address = canonical_address(context)
    texts = {
        "name": unescape(block_text(context, "title")),
        "description": unescape(block_text(context, "description")),
        "url": address,
        "inLanguage": language_tag(),
    }
    trail = [(_("首页"), root + reverse("home"))]
    if "list_page" in context:
        trail.append((context["list_title"], root + reverse(context["list_page"])))
    trail.append((texts["name"], address))
    if match.url_name in DATASETS:
        subject = schema.dataset(home, context["data_licence"], root, **texts)
    elif record:
        subject = schema.record_node(record, root)
    elif page is not None:
        subject = schema.collection(page, root, **texts)
    else:
        subject = None
    return [*([subject] if subject else []), schema.breadcrumbs(trail)]


@register.simple_tag(takes_context=True)
def linked_data(context):
    """Return the page's schema.org data as a block that no browser runs."""
    graph = {"@context": "https://schema.org", "@graph": page_nodes(context)}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(SAFE_IN_SCRIPT)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308
