"""`/v1/shoppers/me/payment-options`: the means of payment an account has saved."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.requests import Body, answer, base_of, body_of, check_ip, expand_of, member_of, nothing, world_of
from sandbox.model.shopper import Account, PaymentOption, choose_default
from sandbox.model.source import Source
from sandbox.wire.money import Json
from sandbox.wire.refusal import Refusal

RELATION = "PaymentOptionsResource"


async def show_all(request: Request) -> Response:
    """`GET payment-options`. The details of a card need `expand`."""
    account, expand = member_of(request), expand_of(request, "paymentOptions")
    return answer(request, {"paymentOptions": account.options_wire(base_of(request), expand)})


async def show(request: Request) -> Response:
    """`GET payment-options/{id}`."""
    return _shown(request, _option(request, member_of(request)))


async def save(request: Request) -> Response:
    """`POST payment-options`: the source can be charged again from here on. The first option is the default."""
    account = member_of(request)
    given = await _given(request)
    source = _source(request, account, given)
    nickname = given.text("nickName") or f"{source.method.name} {len(account.payment_options) + 1}"
    _check_nickname(account, nickname)
    option = PaymentOption(world_of(request).next_option_id(), nickname, False, source)
    is_first = not account.payment_options
    account.payment_options.append(option)
    _update(account, option, given | ({"isDefault": "true"} if is_first else {}))
    source.reusable = True
    if world_of(request).switches.saved_option == "empty":
        return nothing()
    return _shown(request, option, 201)


async def change(request: Request) -> Response:
    """`POST payment-options/{id}`: nickname and default."""
    account = member_of(request)
    option = _option(request, account)
    given = await _given(request)
    nickname = given.text("nickName") or option.nickname
    if nickname != option.nickname:
        _check_nickname(account, nickname)
    option.nickname = nickname
    _update(account, option, given)
    return _shown(request, option)


async def remove(request: Request) -> Response:
    """`DELETE payment-options/{id}`: the source is of no more use, but where it is on a cart already."""
    account = member_of(request)
    option = _option(request, account)
    account.payment_options.remove(option)
    option.source.reusable = False
    if account.shopper.cart is None or option.source not in account.shopper.cart.sources:
        option.source.state = "cancelled"
    return nothing()


def _update(account: Account, option: PaymentOption, given: Json) -> None:
    if "isDefault" in given:
        is_default = str(given["isDefault"]).lower() == "true"
        if is_default:
            choose_default(account.payment_options, option)
        option.is_default = is_default


def _check_nickname(account: Account, nickname: str) -> None:
    if any(one.nickname == nickname for one in account.payment_options):
        raise _no(409, "payment-option-already-exists", f"There is a payment option called {nickname}.")


def _source(request: Request, account: Account, given: Body) -> Source:
    """What may be saved: a source that can be charged now and for renewals, and that nobody has saved."""
    text = given.text("sourceId")
    if not text:
        raise _no(400, "invalid-request", "The id of the source is missing.")
    try:
        source = world_of(request).sources.get(UUID(text))
    except ValueError:
        source = None
    if source is not None and account.owns(source):
        raise _no(409, "source-already-exists", f"The source {text} is saved.")
    cart = account.shopper.cart
    is_anothers = source is not None and source.session_id not in (None, cart.session_id if cart else None)
    if source is None or source.reusable or is_anothers:
        raise _no(409, "source_not_found", f"The source with id [{text}] was not found.")
    if source.state != "chargeable":
        raise _no(409, "source_not_chargeable", "The source cannot be charged.")
    if not source.method.supports_recurring or source.is_credit:
        raise _no(409, "nonreusable_source", "A source of this kind cannot be charged again.")
    return source


async def _given(request: Request) -> Body:
    body = await body_of(request, RELATION)
    check_ip(body.object("shopper").text("ipAddress"), RELATION)
    given = body.object("paymentOption")
    if not given:
        raise _no(400, "invalid-request", "Invalid or Missing Request Content")
    return given


def _option(request: Request, account: Account) -> PaymentOption:
    text = request.path_params["id"]
    found = next((one for one in account.payment_options if str(one.id) == text), None)
    if found is None:
        raise _no(404, "resource-not-found", f"The payment option {text} could not be found.")
    return found


def _shown(request: Request, option: PaymentOption, status: int = 200) -> Response:
    return answer(request, {"paymentOption": option.wire(base_of(request), whole=True)}, status)


def _no(status: int, code: str, text: str) -> Refusal:
    return Refusal(status, code, text, relation=RELATION)
