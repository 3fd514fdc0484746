"""Tokens of Digital River. Secrets: they print as stars."""

import msgspec


class Tokens(msgspec.Struct, frozen=True):
    """`expires_in` is in seconds, a number or its text."""

    access_token: str
    expires_in_s: float = msgspec.field(name="expires_in", default=0)
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return "Tokens(***)"
