"""Metrics of the calls to Digital River."""

from gateway.metrics.declaring import Label, counter, histogram

CALL = Label("call", None)
"""Name of a call, of `gateway.upstream.call_names`."""

ANSWERED = "answered"

STATUS = Label("status", ["2xx", "3xx", "4xx", "5xx", "none"])
"""Class of the status of the last answer; `none` without an answer."""

CAUSE = Label(
    "cause",
    ["none", "refused", "unavailable", "not_reached", "timeout", "invalid_response", "lock_lost", "cancelled"],
)
"""Why a call failed. `refused` is a documented refusal of Digital River, `unavailable` a 5xx or a lost connection."""

CALLS = counter("riverfront_upstream_calls_total", "Calls to Digital River that ended.", CALL, STATUS, CAUSE)

REQUESTS = counter("riverfront_upstream_requests_total", "Requests sent to Digital River, repeated ones too.", CALL)

DURATION = histogram(
    "riverfront_upstream_call_seconds", "Time of a call to Digital River, with its repetitions and pauses.", CALL
)
