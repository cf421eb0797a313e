"""Figures for Prometheus: of requests, added up over all workers, and of what the database holds.

Every label comes from a closed list: page names, methods, status codes, models and their states.
"""

import ipaddress
import os
import secrets
from functools import cache

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from promotion.limits import client_address
from promotion.models import Inquiry
from promotion.reference.changes import record_models
from promotion.reference.models import ImportBatch
from promotion.reference.spreadsheets.waiting import WAITING

OWN = CollectorRegistry()
SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
REQUESTS = Counter(
    "beltline_requests", "Requests answered.", ["route", "method", "status"], registry=OWN
)
DURATION = Histogram(
    "beltline_request_seconds",
    "Time until the answer was ready.",
    ["route"],
    buckets=SECONDS,
    registry=OWN,
)
QUERY_TIME = Counter(
    "beltline_database_seconds", "Time spent in database queries.", ["route"], registry=OWN
)
QUERIES = Counter("beltline_database_queries", "Database queries.", ["route"], registry=OWN)
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@cache
def figures_of(route, method, status):
    """Return what counts requests of one kind; to look for it costs more than to count."""
    by_page = (figure.labels(route) for figure in (DURATION, QUERY_TIME, QUERIES))
    return REQUESTS.labels(route, method, str(status)), *by_page


def note_request(request):
    """Count a request that was answered."""
    answered, duration, query_time, query_count = figures_of(
        request.route, request.method, request.status
    )
    answered.inc()
    duration.observe(request.seconds)
    if request.queries:
        query_time.inc(request.query_seconds)
        query_count.inc(request.queries)


class Contents:
    """What the database holds, counted when it is asked for."""

    def collect(self):
        up = GaugeMetricFamily("beltline_database_up", "Whether the database answers.")
        try:
            families = [records_by_status(), waiting_imports(), inquiries()]
        except DatabaseError:
            families = []
        up.add_metric([], bool(families))
        return [up, *families]


def records_by_status():
    family = GaugeMetricFamily(
        "beltline_records", "Records by kind and publication status.", labels=["model", "status"]
    )
    for model in record_models():
        rows = model._base_manager.order_by().values_list("status").annotate(Count("pk"))
        for status, count in rows:
            family.add_metric([model._meta.label_lower, status], count)
    return family


def waiting_imports():
    count = ImportBatch.objects.filter(stage__in=WAITING).count()
    return GaugeMetricFamily(
        "beltline_imports_waiting", "Spreadsheets being taken or waiting for it.", value=count
    )


def inquiries():
    count = Inquiry.objects.count()
    return GaugeMetricFamily("beltline_inquiries", "Enquiries that are kept.", value=count)


def exposition():
    """Return every figure in the text format, those of requests added up over all workers."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)
    else:
        registry.register(OWN)
    registry.register(Contents())
    return generate_latest(registry)


def may_read(request):
    """Tell whether a request comes with the token, or from an address that is allowed.

    Where a proxy has added to the request and none is declared, the address is the proxy's and
    says nothing about who asks.
    """
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and scheme == "Bearer":
        return secrets.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    if not settings.BEHIND_PROXY and any(name in request.headers for name in FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(client_address(request))
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in settings.METRICS_ALLOW)
