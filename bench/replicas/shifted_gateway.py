"""A gateway whose clock is wrong: `python -m bench.replicas.shifted_gateway AHEAD_S`.

It reads the same settings as `python -m gateway serve`.
"""

import sys
from datetime import datetime, timedelta

from gateway.app import create_app, utc_now
from gateway.http.connections import ConnectionLimits
from gateway.http.server import Server
from gateway.settings.settings import Settings
from gateway.telemetry import logs


def serve(ahead_s: float) -> None:
    settings = Settings.from_environment()
    logs.configure(settings.log_level)
    ahead = timedelta(seconds=ahead_s)

    def now() -> datetime:
        return utc_now() + ahead

    app = create_app(settings, now=now)
    Server(app, settings, ConnectionLimits()).run()


if __name__ == "__main__":
    serve(float(sys.argv[1]))
