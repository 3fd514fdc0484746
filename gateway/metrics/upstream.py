"""Metrics of the calls to Digital River, and of the requests of which calls consist."""

from gateway.metrics.declaring import Label, counter, gauge, histogram

CALL = Label("call", None)
"""Name of a call, of `gateway.upstream.call_names`."""

STATUS = Label("status", ["2xx", "3xx", "4xx", "5xx", "none"])
"""Class of the status of the last answer; `none` without an answer."""

CAUSE = Label(
    "cause",
    [
        "none",
        "refused",
        "unavailable",
        "not_reached",
        "timeout",
        "invalid_response",
        "lock_lost",
        "circuit_open",
        "quota_used_up",
        "held_back",
        "cancelled",
    ],
)
"""Why a call failed; `none` if it did not. `refused` is a documented refusal of Digital River, `unavailable` a status
of 5xx or a lost connection."""

RESERVE = Label("reserve", ["none", "submissions", "tokens"])

CALLS = counter("riverfront_upstream_calls_total", "Calls to Digital River that ended.", CALL, STATUS, CAUSE)

REQUESTS = counter("riverfront_upstream_requests_total", "Requests of calls, repeated ones too.", CALL)

DURATION = histogram("riverfront_upstream_call_seconds", "Time of a call, with its repetitions and pauses.", CALL)

KEY = Label("key", ["api", "merchant", "publishable", "payment", "ledger"])
"""A key of the gateway at Digital River."""

KEY_REFUSALS = counter("riverfront_upstream_key_refusals_total", "Calls whose key Digital River refused.", KEY)

SLOTS = gauge("riverfront_upstream_slots_in_use", "Requests to Digital River at this moment, by reserve.", RESERVE)

WITHOUT_SLOT = counter(
    "riverfront_upstream_slot_refusals_total", "Requests that were not sent, because no slot became free.", RESERVE
)
