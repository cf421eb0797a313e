"""Which of the files that come with the libraries are served."""

from functools import cached_property

from django.contrib.staticfiles.finders import AppDirectoriesFinder
from whitenoise.middleware import WhiteNoiseMiddleware

# The flags of django_countries, and of django_htmx what is not htmx 2: no page asks for them.
LEFT_OUT = ["flags", "django_htmx/ext/*", "htmx-4*", "htmax-4*"]


class NeededFiles(AppDirectoriesFinder):
    """The files of all apps but those left out: a worker looks at every file before it answers."""

    def list(self, ignore_patterns):
        return super().list([*ignore_patterns, *LEFT_OUT])


class StaticFiles(WhiteNoiseMiddleware):
    """Serves the files, and looks at them when the first is asked for.

    To look at all of them takes a tenth of a start.
    """

    def add_files(self, root, prefix=None):
        """Take note of the folder; whatever else WhiteNoise can serve, this site has none of it."""
        self.folder = root, prefix

    @cached_property
    def is_ready(self):
        super().add_files(*self.folder)
        return True

    def __call__(self, request):
        if request.path_info.startswith(self.static_prefix) and self.is_ready:
            return super().__call__(request)
        return self.get_response(request)
