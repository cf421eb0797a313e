"""What others subscribe to: the news feed and the calendar of events."""

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from parks.services import home_district
from promotion.calendars import event_calendar
from promotion.linked_data import site_name
from promotion.models import Event
from promotion.reference.ledger.addresses import follows_merges
from promotion.reference.shared_pages import same_for_everyone
from promotion.services import latest_changes, name_with_status, without_controls


class News(Feed):
    """The records last published or changed, newest first."""

    feed_type = Atom1Feed
    subtitle = gettext_lazy("最近公开或更新的园区、企业、孵化器、房源、服务、政策和活动。")
    description_template = "promotion/_news.html"

    def get_object(self, request):
        return home_district(request)

    def title(self, home):
        return without_controls(_("%(site)s：新发布与更新") % {"site": site_name(home)})

    def author_name(self, home):
        return without_controls(site_name(home))

    def link(self):
        return reverse("home")

    def feed_url(self):
        return reverse("feed")

    def items(self):
        return latest_changes()

    def item_title(self, change):
        return without_controls(name_with_status(change.link))

    def item_link(self, change):
        return change.link.get_absolute_url()

    def item_updateddate(self, change):
        return change.moment

    def item_categories(self, change):
        return [change.link.section]


def calendar_response(content, name):
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return response


@require_safe
@same_for_everyone
def event_list_calendar(request):
    """Return all public events whose days are known, to subscribe to."""
    name = _("%(site)s：活动") % {"site": site_name(home_district(request))}
    return calendar_response(event_calendar(Event.objects.published(), request, name), "events")


@require_safe
@follows_merges(Event)
@same_for_everyone
def event_detail_calendar(request, slug):
    """Return one event for a visitor's own calendar."""
    event = get_object_or_404(Event.objects.published(), slug=slug)
    if not event.exact_days:
        raise Http404
    return calendar_response(event_calendar([event], request, event.name), event.slug)
