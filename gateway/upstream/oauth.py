"""Tokens of Digital River. Secrets: they print as stars."""

import msgspec


class Tokens(msgspec.Struct, frozen=True):
    """`expires_in` is in seconds, a number or its text."""

    access_token: str
    expires_in: int | str = 0
    refresh_token: str | None = None

    @property
    def expires_in_s(self) -> int:
        return int(self.expires_in)

    def __repr__(self) -> str:
        return "Tokens(***)"
