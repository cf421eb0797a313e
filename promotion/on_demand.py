"""What is imported when it is first asked for, so that a start loads what the pages need.

The API and the staff side bring hundreds of modules along: half a second, and 35 MiB.
"""

import gc
from functools import cached_property
from importlib import import_module

from django.urls import URLResolver
from django.utils.module_loading import import_string


class OnDemand:
    """A view by the name of its class, with what REST framework's schema asks of one."""

    csrf_exempt = True
    """REST framework checks by itself what a browser sends."""

    def __init__(self, name, **options):
        self.name = name
        self.options = options

    @cached_property
    def view(self):
        return import_string(self.name).as_view(**self.options)

    @property
    def cls(self):
        return self.view.cls

    @property
    def initkwargs(self):
        return self.view.initkwargs

    def __call__(self, request, **parts):
        return self.view(request, **parts)


class OnDemandResolver(URLResolver):
    """Addresses in a namespace, of a module that is imported when one of them is asked for.

    Django's own imports it together with the site's other addresses, as soon as it needs any.
    """

    def _populate(self):
        """Leave the addresses alone while those of the site are collected, which need none.

        One of them is found by `url_patterns`, whoever looks for it.
        """


def load_staff_side():
    """Load the staff side before anybody asks, for good; a worker does when it has started.

    Later its modules might be those of the next release, beside what was loaded from this one.
    """
    import_module("promotion.admin_urls")
    gc.collect()
    gc.freeze()
