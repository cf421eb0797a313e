"""One edit a second, and whether any worker still answers with what it replaced.

A process of its own inside the site. After each commit it asks list and page of the company, on
fresh connections, until every worker has answered both: it finds whose socket the other end is.
"""

import gzip
import http.client
import json
import os
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import django

from benchmarks.pages.pages import EDITED, EDITED_SLUG, LIST

MAX_QUESTIONS = 200


def worker_behind(connection, port, workers):
    """Return the process that holds the other end of a connection to this machine."""
    ours = f":{connection.sock.getsockname()[1]:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{port:04X}") and fields[2].endswith(ours):
            socket = f"socket:[{fields[9]}]"
            return next((pid for pid in workers if socket in open_files(pid)), None)
    return None


def open_files(pid):
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            yield str(descriptor.readlink())


def ask(port, workers, path):
    """Return which worker answered, and what."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        worker = worker_behind(connection, port, workers)
        body = answer.read()
        is_packed = answer.headers["Content-Encoding"] == "gzip"
        return worker, (gzip.decompress(body) if is_packed else body).decode()


def stale_answers(port, workers, name):
    """Return how many were asked, how many lacked the name, and how many workers kept silent."""
    asked = stale = silent = 0
    for path in (LIST, EDITED):
        unseen = set(workers)
        for _question in range(MAX_QUESTIONS):
            if not unseen:
                break
            worker, answer = ask(port, workers, path)
            unseen.discard(worker)
            asked += 1
            stale += name not in answer
        silent += len(unseen)
    return asked, stale, silent


def main(port, workers, seconds):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promotion.settings")
    django.setup()
    from companies.models import Company  # noqa: PLC0415 not before Django is set up

    company = Company.objects.get(slug=EDITED_SLUG)
    counts = [0, 0, 0]
    print("ready", flush=True)
    start = time.monotonic()
    for edit in range(seconds):
        time.sleep(max(0, start + edit - time.monotonic()))
        company.name = f"示例企业第{time.time_ns()}次更名"
        company.save()
        found = stale_answers(port, workers, company.name)
        counts = [sum(pair) for pair in zip(counts, found, strict=True)]
    asked, stale, silent = counts
    print(json.dumps({"edits": seconds, "asked": asked, "stale": stale, "silent": silent}))


if __name__ == "__main__":
    main(int(sys.argv[1]), [int(pid) for pid in sys.argv[3:]], int(sys.argv[2]))
