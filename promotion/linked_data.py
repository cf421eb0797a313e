"""What a page says to machines: schema.org data, without what is unknown or has not come true."""

from urllib.parse import urljoin

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.models import Company
from parks.models import Belt, Incubator, Park, Space
from promotion.models import Event, Program
from promotion.reference.claims import OPEN_STAGES
from promotion.reference.models import Industry, Source
from promotion.reference.services import in_language, language_tag
from promotion.reference.vocabulary import ClaimStatus
from promotion.reference.wording import claim_words
from promotion.vocabulary import ProgramKind

WIDEST_SHARED = 1600
EMBLEM = "promotion/share.png"
EMBLEM_SIZE = (1200, 630)


def known(kind, **properties):
    """Return a schema.org object with the properties that have a value."""
    return {"@type": kind} | {
        name: value for name, value in properties.items() if value not in (None, "", [], {})
    }


def site_name(home):
    """Return what the site is called, before its district has been entered too."""
    if not home:
        return _("招商门户")
    return _("%(district)s招商") % {"district": in_language(home, "name")}


def description(record):
    """Return a record's summary; what has not come true says so first."""
    text, status = in_language(record, "summary"), claim_words(record)
    if text and status:
        return _("%(status)s：%(text)s") % {"status": status, "text": text}
    return text or status


def naming(record, root):
    """Return the properties by which any record is known."""
    name = in_language(record, "name")
    others = [record.name, record.name_en, *record.alias_list]
    return {
        "name": name,
        "alternateName": [other for other in dict.fromkeys(others) if other not in ("", name)],
        "description": description(record),
        "url": root + record.get_absolute_url(),
    }


def picture(record, root):
    """Return the address, size and description of a record's picture, or None."""
    file = getattr(record, "picture", None)
    if not file:
        return None
    shown = [rendition for rendition in file.renditions if rendition.width <= WIDEST_SHARED]
    return {
        "url": urljoin(root, file.url_within(WIDEST_SHARED)),
        "width": shown[-1].width if shown else None,
        "height": shown[-1].height if shown else None,
        "alt": in_language(record, "picture_alt"),
    }


def emblem(root):
    """Return the site's own emblem in the form of `picture`."""
    width, height = EMBLEM_SIZE
    return {"url": urljoin(root, static(EMBLEM)), "width": width, "height": height, "alt": ""}


def image(record, root):
    found = picture(record, root)
    return found and found["url"]


def area(district):
    return known("AdministrativeArea", name=in_language(district, "name")) if district else None


def postal_address(record):
    street = in_language(record, "address")
    return known("PostalAddress", streetAddress=street) if street else None


def park_reference(park, root):
    return known("Place", name=in_language(park, "name"), url=root + park.get_absolute_url())


def stage(record):
    """Return how far a place has been built, unless it is simply there."""
    if record.stage not in OPEN_STAGES:
        return []
    label = record._meta.get_field("stage").verbose_name
    return [known("PropertyValue", name=str(label), value=claim_words(record))]


def belt(record, root):
    return known("Place", **naming(record, root), containedInPlace=area(record.district))


def carrier(record, root):
    """Return a park, or an incubator, as the place that it is."""
    host = getattr(record, "park", None)
    return known(
        "Place",
        **naming(record, root),
        image=image(record, root),
        address=postal_address(record),
        telephone=record.phone,
        sameAs=record.website,
        containedInPlace=park_reference(host, root) if host else area(record.district),
        additionalProperty=stage(record),
    )


def space(record, root):
    return known(
        "Place",
        name=in_language(record, "name"),
        description=description(record),
        image=image(record, root),
        containedInPlace=park_reference(record.park, root),
    )


def company(record, root):
    """Return an enterprise with the parks where it is; its staff contacts are not public."""
    code, staff = record.unified_social_credit_code, record.staff_count
    return known(
        "Organization",
        **naming(record, root),
        image=image(record, root),
        address=postal_address(record),
        sameAs=record.website,
        foundingDate=record.established_on,
        numberOfEmployees=None if staff is None else known("QuantitativeValue", value=staff),
        identifier=known("PropertyValue", propertyID="GB 32100-2015", value=code) if code else None,
        location=[
            park_reference(tenancy.park, root)
            for tenancy in record.public_tenancies
            if tenancy.is_present
        ],
    )


def is_certain(event):
    """Tell whether an event took place, or is announced for a time still to come.

    An Event of schema.org takes place as announced unless it says otherwise, and has no word
    for one that is merely hoped for.
    """
    if not event.is_forward:
        return True
    is_dated = bool(event.ends_on or event.starts_on)
    return event.claim_status == ClaimStatus.PLANNED and is_dated and not event.unconfirmed_since()


def event(record, root):
    if not is_certain(record):
        return None
    venue, organiser = in_language(record, "venue"), in_language(record, "organiser")
    return known(
        "Event",
        **naming(record, root),
        startDate=record.starts_on,
        eventStatus="https://schema.org/EventScheduled" if record.is_forward else None,
        endDate=record.ends_on,
        location=known("Place", name=venue) if venue else None,
        organizer=known("Organization", name=organiser) if organiser else None,
        sameAs=record.url,
    )


def program(record, root):
    """Return a service programme; strategies and building projects are no services."""
    if record.kind != ProgramKind.SERVICE_PROGRAM:
        return None
    lead = in_language(record, "lead")
    return known(
        "GovernmentService",
        **naming(record, root),
        provider=known("Organization", name=lead) if lead else None,
        areaServed=area(record.district),
    )


def industry(record, root):
    return known(
        "DefinedTerm",
        **naming(record, root),
        inDefinedTermSet=known("DefinedTermSet", name=in_language(record.scheme, "name")),
    )


def source(record, root):
    publisher = in_language(record, "publisher")
    return known(
        "CreativeWork",
        **naming(record, root),
        publisher=known("Organization", name=publisher) if publisher else None,
        datePublished=record.published_on,
        sameAs=record.url,
    )


NODES = {
    Belt: belt,
    Park: carrier,
    Incubator: carrier,
    Space: space,
    Company: company,
    Event: event,
    Program: program,
    Industry: industry,
    Source: source,
}


def record_node(record, root):
    """Return what a record is to schema.org, or None where it has no fitting word."""
    describe = NODES.get(type(record))
    return describe and describe(record, root)


def publisher(home, root):
    """Return who promotes the district, with the desk that answers."""
    reachable = home.contact_name or home.phone or home.email
    desk = known("ContactPoint", name=home.contact_name, telephone=home.phone, email=home.email)
    return known(
        "Organization",
        name=site_name(home),
        url=root + reverse("home"),
        logo=emblem(root)["url"],
        description=in_language(home, "summary"),
        areaServed=area(home),
        address=postal_address(home),
        contactPoint=desk if reachable else None,
    )


def website(home, root):
    return known(
        "WebSite",
        name=site_name(home),
        url=root + reverse("home"),
        inLanguage=language_tag(),
        potentialAction={
            "@type": "SearchAction",
            "target": f"{root}{reverse('search')}?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    )


def listed_as(record, root):
    """Return how a list names a record: by its page, which says the rest, or whole without one."""
    if record.page:
        return {"url": root + record.get_absolute_url()}
    return {"item": record_node(record, root)}


def collection(page, root, **properties):
    """Return a list of records with those that this page of it shows."""
    rows = [
        known("ListItem", position=position, **listed_as(record, root))
        for position, record in enumerate(page.object_list, page.start_index())
    ]
    listed = known("ItemList", numberOfItems=page.paginator.count, itemListElement=rows)
    return known("CollectionPage", **properties, mainEntity=listed if rows else None)


def dataset(home, licence, root, **properties):
    return known(
        "Dataset",
        **properties,
        license=root + licence.get_absolute_url() if licence else None,
        isAccessibleForFree=True,
        creator=publisher(home, root) if home else None,
        spatialCoverage=area(home),
    )


def breadcrumbs(trail):
    """Return the way from the home page to this one, from its (name, address) pairs."""
    steps = [
        known("ListItem", position=position, name=str(name), item=address)
        for position, (name, address) in enumerate(trail, 1)
    ]
    return known("BreadcrumbList", itemListElement=steps)
