"""How gunicorn serves the site; every value can be overridden on its command line."""

import os
import shutil
import tempfile
import threading
from pathlib import Path

from gunicorn.glogging import Logger

from promotion.environment import env_choice, env_int, read_file
from promotion.operations.logs import FORMATTERS
from promotion.operations.memory import keep_giving_back

# The same file that the settings read, so that both keep their files in one place.
read_file(Path(__file__).with_name(".env"))

bind = f"127.0.0.1:{env_int('PORT', 8000, minimum=1, maximum=65_535)}"
workers = env_int("WEB_CONCURRENCY", min(4, os.cpu_count() or 1), minimum=1, maximum=1_000)
# A slow or stalled client holds one thread while it drips; with 64 a worker, 64 of them leave the
# site answering (with 8 none of the other requests got through). Behind a buffering proxy such as
# nginx slow clients never reach a worker at all.
worker_class = "promotion.operations.server.Worker"
threads = env_int("WEB_THREADS", 64, minimum=1, maximum=1_000)
timeout = 60
graceful_timeout = 30
keepalive = 5
# A worker is replaced now and then, kept pages and all, in case anything in it grows: not often,
# for its successor makes them anew.
max_requests = 200_000
max_requests_jitter = 20_000
limit_request_line = 8190
# No header says under which address the site lies.
forwarder_headers = ""
control_socket_disable = True
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"site": {"()": FORMATTERS[env_choice("LOG_FORMAT", ["json", "line"])]}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "site"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}


class QuietLogger(Logger):
    """Prepares no line for a request, which gunicorn does even where nothing takes it down.

    The site writes its own (`promotion/operations/requests.py`), without addresses.
    """

    @property
    def access_log_enabled(self):
        return bool(self.cfg.accesslog)


logger_class = QuietLogger
FIGURES = "PROMETHEUS_MULTIPROC_DIR"
MEMORY = Path("/dev/shm")  # noqa: S108 (only a folder of our own in it is written to)


def on_starting(server):
    """Begin the figures anew, in a folder where each worker keeps its own.

    Whichever is asked adds all of them up. They lie in memory where the system has it as files: on
    a disk that is full, writing to a mapped file would kill the worker.
    """
    if FIGURES in os.environ:
        shutil.rmtree(os.environ[FIGURES], ignore_errors=True)
        Path(os.environ[FIGURES]).mkdir(mode=0o700, parents=True)
    else:
        os.environ[FIGURES] = tempfile.mkdtemp(
            prefix="beltline-", dir=MEMORY if MEMORY.is_dir() else None
        )


def on_exit(server):
    shutil.rmtree(os.environ[FIGURES], ignore_errors=True)


def pre_fork(server, worker):
    """Give a worker the lowest place that none has: a new one goes on in its predecessor's files.

    By process, as is usual, there would be more files with each worker that is replaced.
    """
    taken = {each.place for each in server.WORKERS.values()}
    worker.place = next(place for place in range(len(taken) + 1) if place not in taken)


def post_fork(server, worker):
    from prometheus_client import values  # noqa: PLC0415 reads the folder when it is loaded

    values.ValueClass = values.MultiProcessValue(lambda: worker.place)


SECONDS_FOR_THE_FIRST = 5
"""For how long a new worker answers before it does what pages do not wait for."""


def settle(worker):
    """Load what pages do not need, and take up the imports that were under way at the last stop.

    These are left to a worker, which can tell whether there are any: a process of its own would
    load the whole site beside those that are about to answer.
    """
    from promotion.on_demand import load_staff_side  # noqa: PLC0415 not in the master
    from promotion.reference.spreadsheets.waiting import resume  # noqa: PLC0415

    load_staff_side()
    if worker.place == 0:
        resume()


def post_worker_init(worker):
    """Keep the worker small, and let it answer first."""
    keep_giving_back()
    settling = threading.Timer(SECONDS_FOR_THE_FIRST, settle, [worker])
    settling.daemon = True
    settling.start()
