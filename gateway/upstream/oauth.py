"""Decodes Digital River's answers to token requests. `repr` does not show the tokens."""

import msgspec


class Tokens(msgspec.Struct, frozen=True):
    """Answer to a token request. The lifetime `expires_in` is sent in seconds, as a number or a string."""

    access_token: str
    expires_in_s: float = msgspec.field(name="expires_in", default=0)
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return "Tokens(***)"
