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
    if _quality(lines).get(MODERN, 0) > 0:
        return MODERN
    return LEGACY if accepts_legacy(lines) else None


@lru_cache(maxsize=256)
def accepts_legacy(lines: tuple[bytes, ...]) -> bool:
    """Whether the client accepts `application/json`."""
    quality = _quality(lines)
    weights = [quality[name] for name in (LEGACY, *WILDCARDS) if name in quality]
    return weights[0] > 0 if weights else not quality


def _quality(lines: tuple[bytes, ...]) -> dict[str, float]:
    return dict(_ranges(line.decode("latin-1") for line in lines))


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
