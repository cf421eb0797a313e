"""Which of the files that come with the libraries are served."""

from django.contrib.staticfiles.finders import AppDirectoriesFinder

# The flags of django_countries, and of django_htmx what is not htmx 2: no page asks for them.
LEFT_OUT = ["flags", "django_htmx/ext/*", "htmx-4*", "htmax-4*"]


class NeededFiles(AppDirectoriesFinder):
    """The files of all apps but those left out: a worker looks at every file before it answers."""

    def list(self, ignore_patterns):
        return super().list([*ignore_patterns, *LEFT_OUT])
