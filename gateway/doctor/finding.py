"""What an examination of a deployment finds. A finding contains no secret and no personal data."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """The gateway works, but not as a production system should."""
    FAILED = "failed"
    """The gateway does not start, or cannot take orders."""


@dataclass(frozen=True)
class Finding:
    """One examined part. `advice` is what to do about it; empty if nothing is to be done."""

    level: Level
    part: str
    state: str
    advice: str = ""

    def __str__(self) -> str:
        line = f"{self.level:<8} {self.part:<16} {self.state}"
        return f"{line}\n{' ' * 26}{self.advice}" if self.advice else line


def ok(part: str, state: str) -> Finding:
    return Finding(Level.OK, part, state)


def warning(part: str, state: str, advice: str) -> Finding:
    return Finding(Level.WARNING, part, state, advice)


def failed(part: str, state: str, advice: str) -> Finding:
    return Finding(Level.FAILED, part, state, advice)
