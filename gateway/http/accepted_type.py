"""Chooses the media type of an answer from the Accept headers of a request."""

from collections.abc import Iterable
from functools import lru_cache

from gateway.http.response import LEGACY, MODERN

WILDCARDS = ("application/*", "*/*")


@lru_cache(maxsize=256)
def accepted_type(lines: tuple[bytes, ...]) -> str | None:
    """The media type of the answer; None if the client accepts neither. All Accept lines count together.

    A client that does not name the modern type gets the legacy type, because it may not know the modern one.
    """
    quality = dict(_ranges(line.decode("latin-1") for line in lines))
    if not quality:
        return LEGACY
    if quality.get(MODERN, 0) > 0:
        return MODERN
    for name in (LEGACY, *WILDCARDS):
        if name in quality:
            return LEGACY if quality[name] > 0 else None
    return None


def _ranges(lines: Iterable[str]) -> Iterable[tuple[str, float]]:
    """Media types, and how much the client wants them: from 0, which refuses the type, to 1."""
    for part in ",".join(lines).split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name:
            weight = next((value for key, _, value in (p.partition("=") for p in parameters) if key == "q"), "1")
            yield name, _number(weight)


def _number(weight: str) -> float:
    try:
        return float(weight)
    except ValueError:
        return 1
