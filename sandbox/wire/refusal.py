"""How the sandbox says no: one exception, and the four documented envelopes it can wear."""

from collections.abc import Mapping
from typing import Literal

from starlette.requests import Request
from starlette.responses import JSONResponse

Envelope = Literal["A", "B", "C", "D"]

RELATION_BASE = "https://developers.digitalriver.com/v1/shoppers/"


class Refusal(Exception):
    """An answer that says no, in one of the four documented envelopes.

    A: the Shopper API, `{"errors": {"error": [...]}}`. B: tax registrations, `{"errors": [...]}`.
    C: the payment service and the funding check of submit-cart, `{"type", "errors": [...]}`.
    D: `/oauth20`, `{"error", "error_description"}`.

    `relation` is the last part of the documentation address of envelope A (`CartsResource`); empty, the
    entry has none. `type` and `parameter` belong to envelope C, `subcode` to A and B, `declined_message`
    to A.
    """

    def __init__(
        self,
        status: int,
        code: str,
        description: str,
        *,
        envelope: Envelope = "A",
        relation: str = "",
        subcode: str | None = None,
        declined_message: Mapping[str, str] | None = None,
        type: str = "bad_request",
        parameter: str | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {description}")
        self.status = status
        self.code = code
        self.description = description
        self.envelope = envelope
        self.relation = relation
        self.subcode = subcode
        self.declined_message = declined_message
        self.type = type
        self.parameter = parameter

    def body(self) -> dict[str, object]:
        match self.envelope:
            case "A":
                return {"errors": {"error": [self._shopper_entry()]}}
            case "B":
                return {"errors": [_filled(code=self.code, subcode=self.subcode, description=self.description)]}
            case "C":
                entry = _filled(code=self.code, parameter=self.parameter, message=self.description)
                return {"type": self.type, "errors": [entry]}
            case "D":
                return {"error": self.code, "error_description": self.description}

    def response(self) -> JSONResponse:
        return JSONResponse(self.body(), self.status)

    def _shopper_entry(self) -> dict[str, object]:
        return _filled(
            relation=RELATION_BASE + self.relation if self.relation else None,
            code=self.code,
            subcode=self.subcode,
            description=self.description,
            declinedMessage=dict(self.declined_message) if self.declined_message else None,
        )


async def answer_refusal(_request: Request, refusal: Exception) -> JSONResponse:
    """The exception handler of the application."""
    assert isinstance(refusal, Refusal)  # noqa: S101 - starlette types handlers for any exception
    return refusal.response()


def _filled(**entry: object) -> dict[str, object]:
    return {key: value for key, value in entry.items() if value is not None}
