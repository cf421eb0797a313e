"""The file beside the code from which settings are read.

Loaded by gunicorn too, before any setting of the site is read.
"""

import io
import os
import re

import environ
from django.core.exceptions import ImproperlyConfigured

SETTING = re.compile(r"(?:export )?[A-Za-z_0-9]+=")


def read_env_file(path):
    """Read a file of settings into the environment, where they are not given already.

    A file that is not there is none. Raises ImproperlyConfigured for one that is there and cannot
    be read as a whole: the site would start with other settings than those meant. What a line
    holds is not repeated, for it may be a password.
    """
    if not os.path.lexists(path):
        return
    try:
        # Windows begins such a file with a mark.
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"{path} is not UTF-8 text.") from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#") and not SETTING.match(line):
            raise ImproperlyConfigured(
                f"{path}, line {number}, is not NAME=value without blanks before the value."
            )
    environ.Env.read_env(io.StringIO(text))
