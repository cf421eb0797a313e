from django.conf.urls.i18n import i18n_patterns
from django.contrib.sitemaps import views as sitemaps
from django.urls import include, path, re_path
from django.urls.resolvers import RoutePattern
from django.views.decorators.http import require_safe

from promotion.on_demand import OnDemand, OnDemandResolver
from promotion.reference.shared_pages import same_for_everyone
from promotion.sitemaps import SITEMAPS
from promotion.views import (
    comparisons,
    data,
    feeds,
    inquiries,
    machines,
    matches,
    pages,
    records,
    searches,
    styleguide,
)

handler400 = machines.bad_request
handler500 = machines.failed

urlpatterns = [
    path("robots.txt", machines.Robots.as_view(), name="robots"),
    path(
        "sitemap.xml",
        require_safe(same_for_everyone(sitemaps.index)),
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap_section"},
        name="sitemap",
    ),
    path(
        "sitemap-<slug:section>.xml",
        require_safe(same_for_everyone(sitemaps.sitemap)),
        {"sitemaps": SITEMAPS},
        name="sitemap_section",
    ),
    path(".well-known/security.txt", machines.SecurityContact.as_view(), name="security_contact"),
    path("healthz/live", machines.live, name="live"),
    path("healthz/ready", machines.ready, name="ready"),
    path("metrics", machines.metrics, name="metrics"),
    # Exactly the names that uploads are given, so that nothing else is ever looked for on disk.
    re_path(
        r"^media/(?P<path>pictures/[a-z]{1,40}/[0-9a-f]{32}"
        r"(-[0-9]{1,4}x[0-9]{1,4}(-[0-9]{1,4})?)?\.(jpg|png|webp))$",
        machines.picture,
        name="picture",
    ),
]

urlpatterns += i18n_patterns(
    OnDemandResolver(
        RoutePattern("admin/"), "promotion.admin_urls", app_name="admin", namespace="admin"
    ),
    path("", pages.Home.as_view(), name="home"),
    path("search/", searches.Search.as_view(), name="search"),
    path("search/suggest/", searches.Suggest.as_view(), name="suggest"),
    path("compare/", comparisons.Compare.as_view(), name="compare"),
    path("compare/prospectus.pdf", comparisons.Prospectus.as_view(), name="prospectus"),
    path("match/", matches.FindMatches.as_view(), name="match"),
    path("figures/", pages.DistrictFigures.as_view(), name="figure_list"),
    path("data/", data.Data.as_view(), name="data"),
    path("data/api/", data.Manual.as_view(), name="api_manual"),
    path("data/<slug:name>.csv", OnDemand("promotion.api.downloads.CsvFile"), name="data_csv"),
    path("data/<slug:name>.json", OnDemand("promotion.api.downloads.JsonFile"), name="data_json"),
    path("api/v1/", include("promotion.api.urls")),
    path("styleguide/", styleguide.StyleGuide.as_view(), name="styleguide"),
    path("inquiries/new/", inquiries.NewInquiry.as_view(), name="inquiry"),
    path("inquiries/<slug:number>/", inquiries.InquiryReceipt.as_view(), name="inquiry_receipt"),
    path("about/<slug:slug>/", pages.SitePageDetail.as_view(), name="site_page"),
    path("programs/", records.ProgramList.as_view(), name="program_list"),
    path("programs/<slug:slug>/", records.ProgramDetail.as_view(), name="program_detail"),
    path("alliances/", records.AllianceList.as_view(), name="alliance_list"),
    path("alliances/<slug:slug>/", records.AllianceDetail.as_view(), name="alliance_detail"),
    path("policies/", records.PolicyList.as_view(), name="policy_list"),
    path("policies/<slug:slug>/", records.PolicyDetail.as_view(), name="policy_detail"),
    path("events/", records.EventList.as_view(), name="event_list"),
    path("events.ics", feeds.event_list_calendar, name="event_list_calendar"),
    path("events/<slug:slug>.ics", feeds.event_detail_calendar, name="event_detail_calendar"),
    path("feed.atom", require_safe(same_for_everyone(feeds.News())), name="feed"),
    path("events/<slug:slug>/", records.EventDetail.as_view(), name="event_detail"),
    path("talent/", records.TalentList.as_view(), name="talent_list"),
    path("talent/<slug:slug>/", records.TalentDetail.as_view(), name="talent_detail"),
    path("advisors/", records.AdvisorList.as_view(), name="advisor_list"),
    path("advisors/<slug:slug>/", records.AdvisorDetail.as_view(), name="advisor_detail"),
    path("", include("promotion.reference.urls")),
    path("", include("parks.urls")),
    path("", include("companies.urls")),
    prefix_default_language=False,
)
