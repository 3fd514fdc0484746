"""No request of a client is answered with a server error, an unexpected error, or without the fixed headers.

`python -m tests.support.random_requests` sends many more requests.
"""

import pytest

from tests.support import random_requests


@pytest.mark.slow
def test_random_requests_cause_no_server_error() -> None:
    counts = random_requests.run(500, seed_number=None)
    assert sum(counts.values()) >= 500
    assert counts[200] > 20
