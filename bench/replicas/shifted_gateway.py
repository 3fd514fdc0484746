"""A gateway whose clock is wrong: `python -m bench.replicas.shifted_gateway AHEAD_S`.

It reads the same settings as `python -m gateway serve`.
"""

import sys
from datetime import datetime, timedelta

import uvicorn

from gateway import telemetry
from gateway.app import create_app, utc_now
from gateway.settings import Settings


def serve(ahead_s: float) -> None:
    settings = Settings.from_environment()
    telemetry.configure(settings.log_level)
    ahead = timedelta(seconds=ahead_s)

    def now() -> datetime:
        return utc_now() + ahead

    app = create_app(settings, now=now)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )


if __name__ == "__main__":
    serve(float(sys.argv[1]))
