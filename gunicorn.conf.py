"""How gunicorn serves the site; every value can be overridden on its command line."""

import multiprocessing
import os
import subprocess
import sys

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", min(4, multiprocessing.cpu_count())))
# A slow or stalled client holds one thread while it drips; with 64 a worker, 64 of them leave the
# site answering (with 8 none of the other requests got through). Behind a buffering proxy such as
# nginx slow clients never reach a worker at all.
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", 64))
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
limit_request_line = 8190
control_socket_disable = True


def when_ready(server):
    """Take up the imports that were under way when the server last stopped."""
    command = [sys.executable, "manage.py", "run_imports", "--resume"]
    subprocess.Popen(command, stdout=subprocess.DEVNULL)
