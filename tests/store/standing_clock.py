from datetime import UTC, datetime

from tests.support.shop import Clock


class StandingClock(Clock):
    """A clock that stands five seconds after the beginning of a minute until a test moves it."""

    def __init__(self) -> None:
        super().__init__()
        self._began_at = datetime.now(UTC).replace(second=5, microsecond=0)

    def __call__(self) -> datetime:
        return self._began_at + self.offset
