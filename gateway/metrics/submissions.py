"""Metrics of submissions."""

from gateway.metrics.declaring import Label, counter, gauge

OUTCOME = Label(
    "outcome", ["placed", "awaiting_payment", "action_required", "declined", "blocked", "not_placed", "in_doubt"]
)

STATE = Label("state", ["under_way", "in_doubt", "waiting_for_shopper"])

RESULT = Label("result", ["done", "nothing_to_do", "failed", "session_ended"])
"""`failed`: no new outcome is known, and the attempt is tried again."""

OUTCOMES = counter(
    "riverfront_submissions_total", "Outcomes of submissions. One in doubt is counted again once settled.", OUTCOME
)

UNRECORDED = counter("riverfront_submissions_unrecorded_total", "Outcomes that the store did not take.")

OPEN = gauge("riverfront_submissions_open", "Open submissions of all replicas, at most 100.", STATE)

OLDEST_DOUBT = gauge("riverfront_submissions_oldest_doubt_seconds", "Age of the oldest order in doubt.")

RECONCILIATIONS = counter("riverfront_reconciliations_total", "Checks of open submissions in the background.", RESULT)
