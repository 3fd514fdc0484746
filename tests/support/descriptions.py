"""Separates a graph description from its ending, such as `Digital River field: …`."""

import re

_DIGITAL_RIVER = re.compile(r"Digital River (?:call|field|object|value)s?\b[^:.]*:")
_CALLS = re.compile(r"Digital River calls?\b[^:.]*:")


def own_words(text: str) -> str:
    """The text without an ending such as `Digital River field: …`. The ending contains Digital River's own names."""
    return _DIGITAL_RIVER.split(text, maxsplit=1)[0]


def calls_text(description: str) -> str:
    """The text after `Digital River call:`. Empty if the description names no call."""
    parts = _CALLS.split(description, maxsplit=1)
    return parts[1] if len(parts) == 2 else ""
