"""Access tokens of Digital River. Their repr hides them."""

import msgspec


class Tokens(msgspec.Struct, frozen=True):
    """`expires_in` is a number of seconds, or a string of one."""

    access_token: str
    expires_in_s: float = msgspec.field(name="expires_in", default=0)
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return "Tokens(***)"
