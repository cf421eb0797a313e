"""Many who write at once write one chain."""

import os
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction

from parks.models import Park
from promotion.audit.services import log, verify
from promotion.audit.vocabulary import Action
from tests.audit.test_actions import act
from tests.editorial.conftest import desk_of
from tests.editorial.test_workflow import cited_park

WRITERS, EACH = 4, 10
WRITE = f"""
from promotion.audit.services import log
for _number in range({EACH}):
    log("login")
"""


def write_in_thread():
    try:
        for _number in range(EACH):
            with transaction.atomic():
                log(Action.LOGIN)
    finally:
        connection.close()


needs_a_server = pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"),
    reason="the threads of a test share one connection to SQLite's memory; processes follow below",
)


@needs_a_server
@pytest.mark.django_db(transaction=True)
def test_threads_write_one_chain():
    threads = [threading.Thread(target=write_in_thread) for _number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verify().checked == WRITERS * EACH
    assert verify().fault is None


def wait_until_somebody_waits():
    for _attempt in range(100):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.1)
    raise AssertionError


@needs_a_server
@pytest.mark.django_db(transaction=True)
def test_deciding_about_many_and_editing_one_of_them_do_not_wait_for_each_other():
    parks = [cited_park(status="draft") for _number in range(3)]
    client = desk_of(User.objects.create_superuser("boss"))

    def publish():
        try:
            act(client, parks, "publish")
        finally:
            connection.close()

    thread = threading.Thread(target=publish)
    with transaction.atomic():
        # In the middle, so that another comes before it in either order.
        Park.objects.filter(pk=parks[1].pk).update(name_en="Park")
        thread.start()
        wait_until_somebody_waits()
        log(Action.CHANGE, parks[1])
    thread.join()
    assert Park.objects.published().count() == 3
    assert verify().fault is None


def start(environment, *arguments):
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def end(process):
    """Wait for a process and return (exit code, standard output)."""
    out, _err = process.communicate()
    return process.returncode, out


def test_processes_write_one_chain_to_a_file(tmp_path):
    environment = {**os.environ, "VAR_DIR": str(tmp_path), "DATABASE_URL": ""}
    assert end(start(environment, "migrate", "audit", "-v0"))[0] == 0
    writers = [start(environment, "shell", "-v0", "-c", WRITE) for _number in range(WRITERS)]
    assert [end(writer)[0] for writer in writers] == [0] * WRITERS
    code, out = end(start(environment, "verify_audit"))
    assert code == 0
    assert f"checked={WRITERS * EACH} " in out
