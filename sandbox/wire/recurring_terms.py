"""Reads `subscriptionInfo`, the terms of a recurring purchase, from a cart line that a client sent."""

from datetime import datetime
from functools import partial
from typing import Any

from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json

LONGEST_TERMS = 4000

TERM_FIELDS = frozenset(
    {"autoRenewal", "terms", "freeTrial", "startTime", "endTime", "billingAgreementId", "subscriptionId"}
)

DEFAULT_TERMS: Json = {"autoRenewal": "true", "freeTrial": "false"}
"""Terms of a line with a recurring product, if the client sent no terms."""


def read_terms(sent: Any, relation: str) -> Json | None:
    """Terms to store on the line; None if the client sent none. Raises a `Refusal` (400) for malformed terms."""
    malformed = partial(Refusal, 400, "invalid-request", relation=relation)
    if sent is None:
        return None
    if not isinstance(sent, dict) or set(sent) - TERM_FIELDS:
        raise malformed("subscriptionInfo is malformed.")
    terms: Json = {}
    for name in ("autoRenewal", "freeTrial"):
        value = str(sent.get(name, "false" if name == "freeTrial" else "")).lower()
        if value not in ("true", "false"):
            raise malformed(f"subscriptionInfo.{name} must be true or false.")
        terms[name] = value
    if sent.get("terms") is not None:
        terms["terms"] = str(sent["terms"])
        if len(terms["terms"]) > LONGEST_TERMS:
            raise malformed(f"The terms are longer than {LONGEST_TERMS} characters.")
    if not _are_in_order(sent.get("startTime"), sent.get("endTime")):
        raise malformed("The dates of subscriptionInfo are invalid.")
    return terms | {name: sent[name] for name in ("billingAgreementId", "subscriptionId") if sent.get(name)}


def _are_in_order(start: Any, end: Any) -> bool:
    """Whether `start` and `end` are ISO 8601 times, and `start` is before `end`. Either of them may be None."""
    try:
        times = [datetime.fromisoformat(str(time)) for time in (start, end) if time is not None]
        return len(times) < 2 or times[0] < times[1]
    except (ValueError, TypeError):
        return False
