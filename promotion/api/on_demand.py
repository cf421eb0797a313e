"""Views that are imported when they are first asked for.

REST framework brings four hundred modules along, among them the driver of a database that may not
be in use: 0.4 s and 26 MiB, of which the pages need nothing.
"""

from functools import cached_property

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
