"""The walk of docs/deployment.md from a fresh server to HTTPS, as this machine can walk it.

The commands and files are the document's own; only paths, ports and host are put elsewhere.
"""

import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPSConnection

from django.conf import settings

from tests.screenshots import free_port
from tests.sites import Text

DOCUMENT = settings.BASE_DIR / "docs" / "deployment.md"
FILES = settings.BASE_DIR / "docs" / "deployment"
HOST = "invest.example.gov.cn"
HOME = "/srv/beltline"
LIVE = f"/etc/letsencrypt/live/{HOST}"
LEFT_BEHIND = {".git", ".venv", ".env", "var", "__pycache__", ".pytest_cache", ".ruff_cache"}
PYTHON = shlex.quote(sys.executable)
PROGRAMS = {"python": PYTHON, "gunicorn": f"{PYTHON} -m gunicorn"}
WAIT_SECONDS = 90


def steps():
    """Return {heading: shell commands} of every heading that has some."""
    parts = re.split(r"^#{2,3} (.+)$", DOCUMENT.read_text(), flags=re.M)
    blocks = {
        heading: "".join(re.findall(r"^```sh\n(.*?)^```$", text, flags=re.M | re.S))
        for heading, text in zip(parts[1::2], parts[2::2], strict=True)
    }
    return {heading: commands for heading, commands in blocks.items() if commands}


class OwnAddress(HTTPSConnection):
    """A connection to this machine by the public host's name."""

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)


class Machine:
    """A folder that stands for the server's root, with the code where the walk has put it."""

    def __init__(self, root):
        self.root = root
        self.home = root / HOME[1:]
        self.port = free_port()
        self.http_port, self.https_port = free_port(), free_port()

    def install_code(self):
        """Put the code where `git clone` would, with the packages that the tests run with."""
        shutil.copytree(settings.BASE_DIR, self.home, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
        bin_folder = self.home / ".venv" / "bin"
        bin_folder.mkdir(parents=True)
        for program, command in PROGRAMS.items():
            (bin_folder / program).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
            (bin_folder / program).chmod(0o755)
        # As if the lock had been installed: make would fetch it otherwise.
        (self.home / ".venv" / "run.stamp").touch()
        (self.root / "srv" / "beltline-backups").mkdir()

    def moved(self, text):
        """Return a text with its paths under this machine's root."""
        return text.replace(HOME, str(self.home)).replace(LIVE, str(self.root / "live"))

    def do(self, commands, **environment):
        """Run commands of the walk in one shell, as whoever runs the tests."""
        commands = re.sub(r"\bsudo -u \w+ ", "", self.moved(commands))
        process = subprocess.run(
            ["bash", "-e"],
            input=commands,
            text=True,
            capture_output=True,
            env={"PATH": os.environ["PATH"], **environment},
            timeout=300,
            check=False,
        )
        process.stdout = Text(process.stdout)
        return process

    @contextmanager
    def running(self, command, folder, **environment):
        """Keep a program running for as long as the context lasts."""
        with (self.root / "log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env={"PATH": os.environ["PATH"], **environment},
                stdout=log,
                stderr=log,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(WAIT_SECONDS)

    @property
    def log(self):
        """Return the end of what its programs wrote."""
        return (self.root / "log").read_text()[-2000:]

    def service(self, name):
        """Return the command that a unit starts, as a list."""
        (line,) = re.findall(r"^ExecStart=(.+)$", (FILES / name).read_text(), flags=re.M)
        return self.moved(line).split()

    def write_certificate(self):
        folder = self.root / "live"
        folder.mkdir()
        subprocess.run(
            f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={HOST}"
            f" -addext subjectAltName=DNS:{HOST}"
            f" -keyout {folder}/privkey.pem -out {folder}/fullchain.pem",
            shell=True,
            check=True,
            capture_output=True,
        )

    def write_nginx(self):
        """Write the documented server blocks, and around them what the system's own file has."""
        text = self.moved((FILES / "nginx.conf").read_text())
        text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.M)
        text = text.replace("listen 80;", f"listen 127.0.0.1:{self.http_port};")
        text = text.replace("listen 443 ", f"listen 127.0.0.1:{self.https_port} ")
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
        text = text.replace("/var/log/nginx", str(self.root))
        (self.root / "site.conf").write_text(text)
        spool = "".join(
            f"{kind}_temp_path {self.root}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;" if os.geteuid() == 0 else ""
        path = self.root / "nginx.conf"
        path.write_text(
            f"{user} pid {self.root}/nginx.pid; error_log stderr; daemon off;\n"
            f"events {{}}\nhttp {{\n{spool}include {self.root}/site.conf;\n}}\n"
        )
        return ["nginx", "-p", str(self.root), "-c", str(path)]

    def ask(self, path, *, method="GET", body=None, headers=(), secure=True):
        """Return nginx's answer, its certificate checked against the one that was made."""
        if secure:
            trust = ssl.create_default_context(cafile=self.root / "live" / "fullchain.pem")
            connection = OwnAddress(HOST, self.https_port, context=trust, timeout=60)
        else:
            connection = HTTPConnection("127.0.0.1", self.http_port, timeout=60)
        with closing(connection):
            connection.request(method, path, body, {"Host": HOST, **dict(headers)})
            answer = connection.getresponse()
            answer.content = answer.read()
            return answer

    def wait(self):
        """Return when a page comes through nginx; raise TimeoutError if none does in time."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError):
                if self.ask("/healthz/live").status == 200:
                    return
            time.sleep(0.3)
        raise TimeoutError(self.log)
