"""The version of the gateway. A release changes it together with `pyproject.toml`."""

VERSION = "0.1.0"
