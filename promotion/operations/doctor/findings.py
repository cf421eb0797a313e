"""What a check says."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a thing is: in order, to be thought about, or to be mended before the site is used."""

    OK = "ok"
    WARNING = "warning"
    MEND = "mend"


@dataclass(frozen=True)
class Finding:
    """How one thing is, and what to do about it."""

    level: Level
    text: str
    remedy: str = ""

    @classmethod
    def ok(cls, text):
        return cls(Level.OK, text)

    @classmethod
    def warning(cls, text, remedy):
        return cls(Level.WARNING, text, remedy)

    @classmethod
    def mend(cls, text, remedy):
        return cls(Level.MEND, text, remedy)
