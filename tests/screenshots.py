"""Remakes the pictures of docs/pictures/ from the fixtures: `make screenshots`.

Serves a scratch copy of the site on a free port and photographs it with Debian's Chromium.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PAGES = {
    "home": "/",
    "home-en": "/en/",
    "belt": "/belts/qilianshan-road-belt/",
    "park": "/parks/weilaidao-park/",
}
WIDTH, HEIGHT = 1280, 860


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address, seconds=30):
    """Return when an address answers; raise TimeoutError if it does not in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=2)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(address)


def photograph(site):
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, path in PAGES.items():
            page.goto(site + path)
            page.screenshot(path=PICTURES / f"{name}.png")
        browser.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environment = {**os.environ, "VAR_DIR": folder, "PORT": str(port), "DATABASE_URL": ""}
        subprocess.run(
            [sys.executable, "manage.py", "prepare"], cwd=ROOT, env=environment, check=True
        )
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "promotion.wsgi"], cwd=ROOT, env=environment
        )
        try:
            site = f"http://127.0.0.1:{port}"
            wait_for(f"{site}/healthz/live")
            photograph(site)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
