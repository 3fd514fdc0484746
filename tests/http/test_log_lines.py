"""A line that is written without a record is the line of the record."""

import json
import subprocess
import sys
from pathlib import Path

TWO_LINES = """
import logging
from gateway.telemetry import logs

logs.configure("INFO")
logs.current_request_id.set("id")
log = logging.getLogger("gateway.anything")
fields = {"secret": "planted", "status": 200, "operation": "\\u009b" + "x" * 300, "codes": ("A",)}
logs.log_often(log, logging.INFO, "something", 0.1, tuple(fields.items()))
logs.log_often(log, logging.DEBUG, "not written", 0.1, tuple(fields.items()))
log.info("something", extra={"duration_ms": 0.1, **fields})
"""


def test_line_without_a_record_has_the_same_rules() -> None:
    program = subprocess.run(
        [sys.executable, "-c", TWO_LINES], cwd=Path(__file__).parents[2], capture_output=True, check=True
    )
    assert program.stderr.isascii()
    without_record, of_record = [json.loads(line) for line in program.stderr.splitlines()]
    assert without_record.pop("timestamp") <= of_record.pop("timestamp")
    assert list(without_record.items()) == list(of_record.items())
    assert without_record == {
        "event": "something",
        "level": "info",
        "logger": "gateway.anything",
        "duration_ms": 0.1,
        "status": 200,
        "operation": "\u009b" + "x" * 199,
        "codes": ["A"],
        "request_id": "id",
    }
