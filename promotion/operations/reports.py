"""Reports of errors to Sentry: where in the code, on which page, and nothing of who asked."""

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration

from promotion.operations.release import code_version

KEPT = (
    "event_id",
    "exception",
    "level",
    "logger",
    "platform",
    "release",
    "sdk",
    "threads",
    "timestamp",
    "transaction",
)


def discreet_event(event, _hint):
    """Return a report with only the parts that cannot hold a visitor's or a member of staff's data.

    The words of an error may quote what was typed in, so they go; its kind and place stay.
    """
    kept = {name: event[name] for name in KEPT if name in event}
    for error in kept.get("exception", {}).get("values", []):
        error.pop("value", None)
    return kept


def start_reporting(dsn):
    sentry_sdk.init(
        dsn=dsn,
        release=code_version(),
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        max_breadcrumbs=0,
        traces_sample_rate=0,
        integrations=[DjangoIntegration(transaction_style="function_name")],
        before_send=discreet_event,
    )
