"""Whose request it is, by its network address, and whether too many come from there."""

import ipaddress
import logging

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)

HOUR_SECONDS = 3600
UNKNOWN_ADDRESS = "0.0.0.0"  # noqa: S104 (named, never bound to)


def client_address(request):
    """Return the visitor's address; what a proxy says of it only where one is known to stand."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def parsed_address(address):
    """Return an address as an object, or None for what is none.

    A server that hears both kinds on one socket writes IPv4 as ::ffff:192.0.2.1.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def counted_network(address):
    """Return what an address is counted as: itself, or the /64 that one visitor of IPv6 commands.

    What is no address is counted as it stands.
    """
    parsed = parsed_address(address)
    if parsed is None:
        return address
    prefix = 64 if parsed.version == 6 else 32
    return str(ipaddress.ip_network((parsed, prefix), strict=False))


def client_network(request):
    """Return the first address of the network that a request is counted as coming from.

    All whose address cannot be read are counted as one.
    """
    network = counted_network(client_address(request)).partition("/")[0]
    return network if parsed_address(network) else UNKNOWN_ADDRESS


def counting_key(kind, counted):
    """Return the name under which something is counted, from which nobody can tell what it is."""
    return f"{kind}-{salted_hmac(kind, counted, algorithm='sha256').hexdigest()}"


def comes_too_often(kind, counted, limit):
    """Count one more of a kind and tell whether the hour has had enough of them."""
    key = counting_key(kind, counted)
    try:
        cache.add(key, 0, HOUR_SECONDS)
        return cache.incr(key) > limit
    except Exception as error:
        # Whatever ails the cache, it must not cost an enquiry or keep staff out.
        logger.warning("%s are not being counted: %s", kind.capitalize(), type(error).__name__)
        return False
