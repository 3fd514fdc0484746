"""Metrics of sessions."""

from gateway.metrics.declaring import Label, counter

LEVEL = Label("level", ["ANONYMOUS", "REGISTERED"])

REASON = Label("reason", ["sign_out", "tokens_lost", "expired"])

STARTED = counter("riverfront_sessions_started_total", "Sessions that began, and guests that signed in.", LEVEL)

ENDED = counter("riverfront_sessions_ended_total", "Sessions whose end the gateway saw.", REASON)

REFUSED = counter("riverfront_sessions_refused_total", "Sessions that did not begin, because of a failure.")

UNREADABLE = counter(
    "riverfront_session_records_unreadable_total", "Records that no key decrypts, or that were copied to another key."
)
