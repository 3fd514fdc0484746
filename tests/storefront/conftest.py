from collections.abc import Iterator

import pytest

from tests.support.chromium import Chromium, running_chromium


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with running_chromium() as chromium:
        yield chromium
