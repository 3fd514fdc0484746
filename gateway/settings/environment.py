"""Reads settings from the environment and from files of secrets. No other module reads the environment.

The environment variable of a setting is `RIVERFRONT_` followed by the name of the field in capitals.
"""

import os
import re
from collections.abc import Container, Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Self

from pydantic import model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "RIVERFRONT_"

SECRETS_FOLDER = "/run/secrets"
"""Folder in which container engines mount secrets.

A file in this folder can replace a variable. For example, `riverfront_api_secret` replaces `RIVERFRONT_API_SECRET`.
"""

CREDENTIALS_DIRECTORY = "CREDENTIALS_DIRECTORY"
"""Variable with which systemd names the folder of a service's secrets."""

CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")

BY_KUBERNETES = re.compile(r"RIVERFRONT_(SERVICE_(HOST|PORT)(_\w+)?|PORT_[0-9]+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)")
"""Variables that Kubernetes sets in all containers if a service has the name `riverfront`. They are ignored."""

PORT_BY_KUBERNETES = re.compile(r"(tcp|udp)://.*")
"""Value that Kubernetes gives to `RIVERFRONT_PORT` for such a service. The setting has its default then."""


class EnvironmentSettings(BaseSettings):
    """Base class of settings that are read from the environment, without blanks around values, and lists by comma."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings from the environment. Raises `ValueError` for an unknown or malformed variable."""
        known = {PREFIX + name.upper() for name in cls.model_fields}
        folder = Path(os.environ.get(CREDENTIALS_DIRECTORY, SECRETS_FOLDER))
        if unknown := [*_unknown_variables(known), *_unknown_files(folder, known)]:
            raise ValueError("\n".join(f"{name} is not a setting.{_suggestion(name, known)}" for name in unknown))
        return cls(_secrets_dir=folder if folder.is_dir() else None)

    @model_validator(mode="before")
    @classmethod
    def _clean(cls, values: dict[str, object]) -> dict[str, object]:
        """Remove the blanks around values, such as the newline at the end of a file."""
        cleaned = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        if isinstance(port := cleaned.get("port"), str) and PORT_BY_KUBERNETES.fullmatch(port):
            del cleaned["port"]
        broken = [
            name
            for name, value in cleaned.items()
            if isinstance(value, str) and CONTROL_CHARACTER.search(value) and name != "assertion_keys"
        ]
        if broken:
            raise ValueError("\n".join(f"{name}: must be one line without control characters" for name in broken))
        return cleaned

    @model_validator(mode="before")
    @classmethod
    def _split_lists(cls, values: dict[str, object]) -> dict[str, object]:
        for name, field in cls.model_fields.items():
            if isinstance(field.default, tuple) and isinstance(value := values.get(name), str):
                values[name] = tuple(part.strip() for part in value.split(",") if part.strip())
        return values


def _unknown_variables(known: Container[str]) -> list[str]:
    named = [name for name in os.environ if name.startswith(PREFIX) and not BY_KUBERNETES.fullmatch(name)]
    return sorted(name for name in named if name not in known)


def _unknown_files(folder: Path, known: Container[str]) -> list[str]:
    """Files of secrets that name no setting, as variables. Other programs may have files in the same folder."""
    named = [path.name.upper() for path in folder.glob("*")] if folder.is_dir() else []
    return sorted(name for name in named if name.startswith(PREFIX) and name not in known)


def _suggestion(name: str, known: Iterable[str]) -> str:
    similar = get_close_matches(name.removeprefix(PREFIX), [variable.removeprefix(PREFIX) for variable in known], n=1)
    return f" Did you mean {PREFIX}{similar[0]}?" if similar else ""
