"""Recurring terms of a line, `subscriptionInfo`: what may be sent, and what is shown."""

from datetime import datetime
from typing import Any

from sandbox.wire.money import Json
from sandbox.wire.refusal import Refusal

LONGEST_TERMS = 4000

MEMBERS = frozenset(
    {"autoRenewal", "terms", "freeTrial", "startTime", "endTime", "billingAgreementId", "subscriptionId"}
)

OF_A_PRODUCT: Json = {"autoRenewal": "true", "freeTrial": "false"}
"""The terms of a product that recurs by itself, where the line brings none."""


def terms_of(given: Any, relation: str) -> Json | None:
    """The terms as a line keeps them; None for none. Raises a 400 for what is malformed."""
    if given is None:
        return None
    if not isinstance(given, dict) or set(given) - MEMBERS:
        raise _malformed("subscriptionInfo is malformed.", relation)
    kept: Json = {}
    for name in ("autoRenewal", "freeTrial"):
        value = str(given.get(name, "false" if name == "freeTrial" else "")).lower()
        if value not in ("true", "false"):
            raise _malformed(f"subscriptionInfo.{name} must be true or false.", relation)
        kept[name] = value
    if given.get("terms") is not None:
        kept["terms"] = str(given["terms"])
        if len(kept["terms"]) > LONGEST_TERMS:
            raise _malformed(f"The terms are longer than {LONGEST_TERMS} characters.", relation)
    _check_times(given.get("startTime"), given.get("endTime"), relation)
    return kept | {name: given[name] for name in ("billingAgreementId", "subscriptionId") if given.get(name)}


def _check_times(start: Any, end: Any, relation: str) -> None:
    try:
        times = [datetime.fromisoformat(str(one)) for one in (start, end) if one is not None]
        is_backward = len(times) == 2 and times[0] >= times[1]
    except (ValueError, TypeError):
        is_backward = True
    if is_backward:
        raise _malformed("The dates of subscriptionInfo are invalid.", relation)


def _malformed(text: str, relation: str) -> Refusal:
    return Refusal(400, "invalid-request", text, relation=relation)
