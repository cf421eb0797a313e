"""WSGI entry point of the tutorial-style site."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.tutorial.settings")

application = get_wsgi_application()
