"""A member of staff at a browser, as far as forms go, on a running server."""

import copy
from urllib.parse import urlencode

from tests.forms import read_form

BOUNDARY = "part-of-a-form"


class Editor:
    """Logged in, with a cookie for each name."""

    def __init__(self, server, name, password):
        self.server = server
        self.cookies = {}
        form = self.form("/admin/login/", "login-form")
        answer = self.post("/admin/login/", {**form, "username": name, "password": password})
        assert answer.status == 302, answer.status

    def at(self, server):
        """Return the same browser, where another server answers for the site."""
        other = copy.copy(self)
        other.server = server
        return other

    def ask(self, path, method="GET", body=None, kind=""):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, **({"Content-Type": kind} if kind else {})}
        answer = self.server.ask(path, method, body, headers)
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _equals, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def form(self, path, form_id):
        answer = self.ask(path)
        assert answer.status == 200, (path, answer.status)
        return read_form(answer, form_id)

    @property
    def token(self):
        """The form of a page that asks for nothing but a click."""
        return {"csrfmiddlewaretoken": [self.cookies["csrftoken"]]}

    def post(self, path, form):
        body = urlencode(form, doseq=True)
        return self.ask(path, "POST", body, "application/x-www-form-urlencoded")

    def upload(self, path, form, **files):
        """Send a form with files, each a (name, bytes)."""
        parts = [
            f'name="{name}"\r\n\r\n{value}'.encode()
            for name, values in form.items()
            for value in values
        ] + [
            f'name="{name}"; filename="{file_name}"\r\n\r\n'.encode() + data
            for name, (file_name, data) in files.items()
        ]
        body = b"".join(
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode() + part + b"\r\n"
            for part in parts
        )
        return self.ask(
            path,
            "POST",
            body + f"--{BOUNDARY}--\r\n".encode(),
            f"multipart/form-data; boundary={BOUNDARY}",
        )
