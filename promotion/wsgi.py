"""WSGI entry point, served by gunicorn (see gunicorn.conf.py)."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from promotion.apps import PromotionAdminConfig

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "promotion.settings")

# What a start makes stays: looking through it for garbage takes a fifth of the time, and would
# again and again later.
gc.disable()
PromotionAdminConfig.is_on_demand = True
django_application = get_wsgi_application()

import promotion.urls  # noqa: E402, F401 not left to the first who asks for a page
from promotion.page_cache import PageCache  # noqa: E402 its models are not there before

application = PageCache(django_application)
gc.freeze()
# What is left to look through is little, and pages leave circles behind: looked for as seldom as
# Python does by itself, they take 10 to 15 MiB.
gc.set_threshold(700, 5, 2)
gc.enable()
