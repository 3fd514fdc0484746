"""Access tokens of Digital River. The repr hides the tokens."""

import msgspec


class Tokens(msgspec.Struct, frozen=True):
    """Answer to a token request. `expires_in`: lifetime in seconds, as a number or a string."""

    access_token: str
    expires_in_s: float = msgspec.field(name="expires_in", default=0)
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return "Tokens(***)"
