"""Results of resolvers that an operation has already called."""

from typing import Any, NamedTuple

ResponsePath = tuple[str | int, ...]
"""Path of a field in the answer: response keys and indices of lists."""


class RecordedResult(NamedTuple):
    """What a resolver returned or raised. If the operation is executed again, the resolver is not called again."""

    value: Any
    error: Exception | None = None

    def value_or_raise(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value


RecordedResults = dict[ResponsePath, RecordedResult]
