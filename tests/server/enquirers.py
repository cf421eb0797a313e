"""Visitors who send enquiries to a running server, and send again what was not answered."""

import http.client
import threading
import time
from urllib.parse import urlencode

from tests.forms import read_form

PATH = "/inquiries/new/"
FORM_SECONDS = 2.2
"""What a person needs at least to fill the form in."""
TYPED = {
    "organisation": "某某科技有限公司",
    "sought": "office",
    "contact_name": "王某某",
    "phone": "021-00000000",
    "consent": "on",
}


def blank_form(server):
    """Return the fields of a fresh form as they were handed out, and its cookie."""
    answer = server.ask(PATH)
    assert answer.status == 200, answer.status
    cookie = answer.getheader("Set-Cookie").partition(";")[0]
    return read_form(answer, "inquiry"), cookie


def send(server, form, message):
    """Send a filled form, as often as it takes to be answered; return the last answer."""
    fields, cookie = form
    body = urlencode({**fields, **TYPED, "message": message}, doseq=True)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    for _try in range(20):
        try:
            answer = server.ask(PATH, "POST", body, headers)
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
            continue
        return answer
    raise TimeoutError


class Enquirer(threading.Thread):
    """One visitor after another at one desk, until told to stop."""

    def __init__(self, server, name):
        super().__init__()
        self.server = server
        self.desk = name
        self.is_told_to_stop = False
        self.receipts = {}
        self.faults = []

    def run(self):
        count = 0
        while not self.is_told_to_stop:
            try:
                form = blank_form(self.server)
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)
                continue
            time.sleep(FORM_SECONDS)
            message = f"{self.desk}-{count}"
            answer = send(self.server, form, message)
            if answer.status == 302:
                self.receipts[message] = answer.getheader("Location").rstrip("/").split("/")[-1]
            else:
                self.faults.append((message, answer.status, answer.text[:200]))
            count += 1


class Reader(threading.Thread):
    """Somebody who reads one page after another until told to stop."""

    def __init__(self, server, paths):
        super().__init__()
        self.server = server
        self.paths = paths
        self.is_told_to_stop = False
        self.answers = []

    def run(self):
        while not self.is_told_to_stop:
            for path in self.paths:
                try:
                    answer = self.server.ask(path)
                except http.client.IncompleteRead:
                    # Whoever reads knows of this: the length had been told.
                    self.answers.append((path, "cut short"))
                except (OSError, http.client.HTTPException):
                    self.answers.append((path, "lost"))
                    time.sleep(0.05)
                else:
                    whole = answer.status != 200 or answer.text.rstrip().endswith("</html>")
                    self.answers.append((path, answer.status if whole else "torn"))


def stop(*visitors):
    """Tell visitors to stop and wait until all have."""
    for visitor in visitors:
        visitor.is_told_to_stop = True
    for visitor in visitors:
        visitor.join()
