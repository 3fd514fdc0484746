"""The error with which the sandbox rejects a request, in one of Digital River's four error envelopes."""

from collections.abc import Mapping
from typing import Literal

from starlette.requests import Request
from starlette.responses import JSONResponse

Envelope = Literal["A", "B", "C", "D"]

PAYMENT_SERVICE = ("/payments/", "/sources", "/country-specs")
"""Path prefixes of the payment service. Its errors have the envelope C."""

ERROR_TYPES = {401: "unauthorized", 404: "not_found", 409: "conflict", 429: "too_many_requests"}
"""Value of `type` in the envelope C, by status. Other statuses below 500 have `bad_request`."""

RELATION_BASE = "https://developers.digitalriver.com/v1/shoppers/"


class Refusal(Exception):
    """The error with which a handler rejects a request. `answer_refusal` sends it to the client.

    For each error envelope, the list gives the API that sends it, its JSON, and the optional arguments that it uses:

    - A: the Commerce API, `{"errors": {"error": [...]}}`, with `relation`, `subcode` and `declined_message`
    - B: tax registrations, `{"errors": [...]}`, with `subcode`
    - C: the payment service and the payment check of submit-cart, `{"type", "errors": [...]}`, with `parameter`
    - D: `/oauth20`, `{"error", "error_description"}`

    `relation` is the end of a documentation URL, such as `CartsResource`. If it is empty, the error has no URL.
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
        self.parameter = parameter

    def body(self) -> dict[str, object]:
        match self.envelope:
            case "A":
                return {"errors": {"error": [self._shopper_entry()]}}
            case "B":
                return {"errors": [_without_none(code=self.code, subcode=self.subcode, description=self.description)]}
            case "C":
                entry = _without_none(code=self.code, parameter=self.parameter, message=self.description)
                return {"type": _error_type(self.status), "errors": [entry]}
            case "D":
                return {"error": self.code, "error_description": self.description}

    def response(self) -> JSONResponse:
        return JSONResponse(self.body(), self.status)

    def _shopper_entry(self) -> dict[str, object]:
        return _without_none(
            relation=RELATION_BASE + self.relation if self.relation else None,
            code=self.code,
            subcode=self.subcode,
            description=self.description,
            declinedMessage=dict(self.declined_message) if self.declined_message else None,
        )


def _error_type(status: int) -> str:
    return ERROR_TYPES.get(status, "bad_request" if status < 500 else "internal_server_error")


def bad_parameter(code: str, parameter: str, message: str) -> Refusal:
    """Error with status 400 of the payment service, for an invalid parameter."""
    return Refusal(400, code, message, envelope="C", parameter=parameter)


def missing_parameter(parameter: str) -> Refusal:
    """Error with status 400 of the payment service, for a missing parameter."""
    return bad_parameter("missing_parameter", parameter, "A required parameter is missing.")


def payment_not_found(code: str, parameter: str, message: str) -> Refusal:
    """Error with status 404 of the payment service, for an unknown object."""
    return Refusal(404, code, message, envelope="C", parameter=parameter)


async def answer_refusal(_request: Request, refusal: Exception) -> JSONResponse:
    """Starlette's exception handler for `Refusal`."""
    assert isinstance(refusal, Refusal)  # noqa: S101 - starlette types handlers for any exception
    return refusal.response()


def _without_none(**entry: object) -> dict[str, object]:
    return {key: value for key, value in entry.items() if value is not None}
