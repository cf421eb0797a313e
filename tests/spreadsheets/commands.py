"""The commands as a shell calls them."""

import io

from django.core.management import CommandError, call_command


def run(command, *arguments):
    """Run a command and return (exit code, standard output, standard error)."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command(command, *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as stop:
        code = stop.code
    except CommandError as error:
        code = error.returncode
        err.write(f"{error}\n")
    return code, out.getvalue(), err.getvalue()


def last_line(text):
    return text.splitlines()[-1]
