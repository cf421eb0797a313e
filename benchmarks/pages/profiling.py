"""Where the time of a page goes, or of a start: runs inside the site, without a server.

Usage: python -m benchmarks.pages.profiling FILE start|pages ADDRESS…
"""

import cProfile
import os
import pstats
import sys

TURNS = 5
LINES = 25


def start():
    """Load the site as a worker does, and return what asks it for pages."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promotion.settings")
    from django.test import Client  # noqa: PLC0415 not before Django is set up

    import promotion.wsgi  # noqa: F401, PLC0415 this is what a start consists of

    return Client(headers={"host": "127.0.0.1"})


def ask(client, addresses):
    for address in addresses:
        status = client.get(address).status_code
        assert status == 200, f"{address} is answered with {status}"


def main(path, what, addresses):
    profile = cProfile.Profile()
    if what == "start":
        profile.enable()
        ask(start(), addresses)
    else:
        client = start()
        ask(client, addresses)
        profile.enable()
        for _turn in range(TURNS):
            ask(client, addresses)
    profile.disable()
    profile.dump_stats(path)
    pstats.Stats(path).sort_stats("cumulative" if what == "start" else "tottime").print_stats(LINES)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
