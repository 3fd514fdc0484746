"""Counts an operation in the metrics."""

import time
from collections.abc import Iterable

from gateway.documents.errors import OperationFacts
from gateway.enums import ErrorCode
from gateway.errors import TopLevelCode
from gateway.metrics.declaring import OTHER
from gateway.metrics.operations import CODE, DURATION, ERRORS, INTERNAL_ERRORS, OPERATION, OPERATIONS

CODE.allow(TopLevelCode)
CODE.allow(ErrorCode)


class CountedOperation:
    """A request that begins now. `outcome` is set once the operation was executed."""

    __slots__ = ("_started_at", "outcome")

    def __init__(self) -> None:
        self.outcome = "refused"
        self._started_at = time.perf_counter()

    def end(self, facts: OperationFacts, codes: Iterable[str]) -> None:
        """Count the operation with the codes of its errors, also of those in payloads.

        A name that is not in the manifest becomes `other`.
        """
        name, kind = OPERATION.closed(facts.name or OTHER), facts.kind or OTHER
        OPERATIONS.labels(name, kind, self.outcome).value += 1
        DURATION.labels(kind).observe(time.perf_counter() - self._started_at)
        for code in codes:
            ERRORS.labels(name, code).inc()
            if code == TopLevelCode.INTERNAL_ERROR:
                INTERNAL_ERRORS.labels().inc()


def count_crash() -> None:
    OPERATIONS.labels(OTHER, OTHER, "crashed").inc()
    INTERNAL_ERRORS.labels().inc()
