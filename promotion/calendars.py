"""Events as a calendar file (RFC 5545)."""

import datetime

from django.utils import timezone

from promotion.reference.services import in_language
from promotion.reference.wording import claim_words
from promotion.services import name_with_status, without_controls

PRODUCT = "-//beltline//events//ZH"
# Summer time, which China gave up in 1991, would fill half of a file.
FIRST_DATE = datetime.date(2000, 1, 1)
ONE_DAY = datetime.timedelta(days=1)


def event_calendar(events, request, name):
    """Return a calendar of those events whose days are known."""
    from icalendar import Calendar, Timezone  # noqa: PLC0415 large, and few pages are calendars

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", without_controls(name))
    # A calendar must hold something, and for a while there may be no event with a date.
    calendar.add_component(
        Timezone.from_tzinfo(timezone.get_default_timezone(), first_date=FIRST_DATE)
    )
    for event in events:
        if event.exact_days:
            calendar.add_component(entry(event, request))
    return calendar.to_ical()


def entry(event, request):
    """Return an event as whole days; what is not confirmed is tentative and says so."""
    from icalendar import Event as CalendarEntry  # noqa: PLC0415 see `event_calendar`

    first, last = event.exact_days
    properties = {
        # The same in both languages, so that a calendar holds an event once.
        "uid": f"event-{event.pk}@{request.get_host()}",
        "dtstamp": event.updated_at.astimezone(datetime.UTC),
        "last-modified": event.updated_at.astimezone(datetime.UTC),
        "dtstart": first,
        "dtend": last + ONE_DAY,
        "summary": without_controls(name_with_status(event)),
        "description": without_controls(in_language(event, "summary")),
        "location": without_controls(in_language(event, "venue")),
        "url": request.build_absolute_uri(event.get_absolute_url()),
        "status": "TENTATIVE" if claim_words(event) else "CONFIRMED",
        "transp": "TRANSPARENT",
    }
    component = CalendarEntry()
    for name, value in properties.items():
        if value:
            component.add(name, value)
    return component
