"""The bill of materials names what the lock installs."""

import json
import re
import subprocess

from django.conf import settings


def test_the_bill_of_materials_names_every_package_of_the_lock(tmp_path):
    path = tmp_path / "sbom.json"
    subprocess.run(
        ["make", "--silent", "--old-file", ".venv/test.stamp", "sbom", f"SBOM={path}"],
        cwd=settings.BASE_DIR,
        check=True,
    )
    lock = (settings.BASE_DIR / "requirements.txt").read_text()
    locked = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", lock, flags=re.M)
    components = json.loads(path.read_text())["components"]
    assert len(locked) > 20
    assert {(part["name"], part["version"]) for part in components} == set(locked)
