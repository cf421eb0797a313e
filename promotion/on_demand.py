"""What is imported when it is first asked for, so that a start loads what the pages need.

The API and the staff side bring hundreds of modules along: half a second, and 35 MiB.
"""

from functools import cached_property

from django.urls import URLResolver
from django.utils.module_loading import import_string
from django.utils.translation import get_language


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
        """Leave the addresses alone while those of the site are collected, which need none."""

    def looked_up(self, found):
        if get_language() not in found:
            super()._populate()
        return found[get_language()]

    @property
    def reverse_dict(self):
        return self.looked_up(self._reverse_dict)

    @property
    def namespace_dict(self):
        return self.looked_up(self._namespace_dict)

    @property
    def app_dict(self):
        return self.looked_up(self._app_dict)
