"""Checks the method, target and headers of a request before anything else reads them.

Between a client and the gateway there may be proxies. A request that a proxy and the gateway could read differently is
refused: where its body ends, for which host it is, and whether it is HTTP/1 at all.
"""

import re

from gateway.errors import TopLevelCode
from gateway.http.graphql_request import RequestRefused
from gateway.http.http_request import RequestHeaders

VERSIONS = frozenset({"1.0", "1.1"})

HOST = re.compile(rb"(?P<name>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")

LENGTH_DIGITS = 15
"""Maximum number of digits of a `Content-Length`, with leading zeros. Python converts no number of thousands of digits,
and a proxy might convert fewer."""

LIVE, READY, ORDERS = "/health/live", "/health/ready", "/health/orders"

HEALTH_PATHS = frozenset({LIVE, READY, ORDERS})
"""Paths of health checks. Orchestrators send them to an IP address, not to a host of the list."""

HEALTH_TARGETS = frozenset(path.encode() for path in HEALTH_PATHS)


def problem_of(
    version: str,
    target: bytes,
    headers: RequestHeaders,
    hosts: frozenset[str],
    *,
    changes_protocol: bool,
) -> RequestRefused | None:
    """Why the request is refused, or None. `hosts`: the hosts that are accepted; if empty, all are.

    `changes_protocol`: by the method CONNECT or a header `Upgrade`.
    """
    if version not in VERSIONS:
        return RequestRefused(505, TopLevelCode.BAD_USER_INPUT, "Use HTTP/1.1.")
    if changes_protocol:
        # The parser would not read the body, which would then be read as the next request.
        return malformed("Send no header `Upgrade`, and no CONNECT: the gateway answers in HTTP/1.1.")
    if not target.startswith(b"/") or b"#" in target:
        return malformed("The target of a request must be a path such as /graphql.")
    codings = [value.strip().lower() for value in headers.lines(b"transfer-encoding")]
    if codings and (version == "1.0" or codings != [b"chunked"]):
        return malformed("A request may have `Transfer-Encoding: chunked` in HTTP/1.1, and no other transfer coding.")
    for length in headers.lines(b"content-length"):
        if len(length) > LENGTH_DIGITS:
            return malformed(f"A header `Content-Length` may have at most {LENGTH_DIGITS} digits.")
    host_lines = headers.lines(b"host")
    if not host_lines and version == "1.0":
        return None
    match = HOST.fullmatch(host_lines[0]) if len(host_lines) == 1 else None
    if match is None:
        return malformed("A request must have exactly one header `Host`, with a host name.")
    if hosts and match["name"].decode().lower() not in hosts and _path(target) not in HEALTH_TARGETS:
        return RequestRefused(421, TopLevelCode.BAD_USER_INPUT, "This host is not served here.")
    return None


def _path(target: bytes) -> bytes:
    return target.partition(b"?")[0]


def malformed(message: str) -> RequestRefused:
    return RequestRefused(400, TopLevelCode.BAD_USER_INPUT, message)
