"""Metrics of the operations that clients send."""

from gateway.metrics.declaring import Label, counter, histogram

OPERATION = Label("operation", None)
"""Name of the operation's document in the manifest."""

KIND = Label("kind", ["query", "mutation"])
"""Kind of the operation; `other` if the request was refused before it was known."""

OUTCOME = Label("outcome", ["succeeded", "failed", "refused", "crashed"])
"""`failed`: executed, with errors. `refused`: not executed, because of the request. `crashed`: a bug of the gateway."""

CODE = Label("code", None)
"""Code of an entry in `errors`, of the answer or of the payload of a mutation."""

OPERATIONS = counter("riverfront_operations_total", "Operations that were answered.", OPERATION, KIND, OUTCOME)

ERRORS = counter("riverfront_operation_errors_total", "Entries in the errors of answers and payloads.", OPERATION, CODE)

INTERNAL_ERRORS = counter("riverfront_internal_errors_total", "Internal errors in answers: bugs of the gateway.")
"""Without labels, so that the series exists before the first one: no rate would see an event that begins a series."""

DURATION = histogram("riverfront_operation_seconds", "Time from the head of a request to its answer.", KIND)
