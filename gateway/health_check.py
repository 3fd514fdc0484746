"""The health check of the image: `python -m gateway.health_check HOST PORT`.

It exits with 0 if the gateway may take traffic. Host and port are those of the settings, or empty.

It loads nothing else of the gateway, because it runs every ten seconds.
"""

import http.client
import sys

TIMEOUT_S = 2

DEFAULT_PORT = 8000

LOOPBACK = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - addresses that nothing listens on here
"""Where a gateway can be reached that listens on all addresses."""


def main(host: str, port: str) -> int:
    number = int(port) if port.isdecimal() else DEFAULT_PORT  # Kubernetes may have set the variable to a URL.
    connection = http.client.HTTPConnection(LOOPBACK.get(host, host), number, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/health/ready")
        return 0 if connection.getresponse().status == 200 else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
