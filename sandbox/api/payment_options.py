"""`/v1/shoppers/me/payment-options`: the saved payment sources of an account."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.requests import (
    account_of,
    answer,
    base_of,
    body_of,
    check_ip_address,
    expand_of,
    find,
    no_content,
    world_of,
)
from sandbox.model.shopper import Account, PaymentOption, set_default
from sandbox.model.source import Source
from sandbox.wire.body import Body
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import is_true

RELATION = "PaymentOptionsResource"

_refused = partial(Refusal, relation=RELATION)


async def show_all(request: Request) -> Response:
    """`GET payment-options`: the saved payment options. `expand=paymentOption` shows the details of their sources."""
    account, expand = account_of(request), expand_of(request, "paymentOptions")
    return answer(request, {"paymentOptions": account.payment_options_wire(base_of(request), expand)})


async def show(request: Request) -> Response:
    """`GET payment-options/{id}`."""
    return _answer(request, _option(request, account_of(request)))


async def save(request: Request) -> Response:
    """`POST payment-options`: saves a payment source, which becomes reusable. The first saved option is the default."""
    account = account_of(request)
    sent = await _sent_option(request)
    source = _source(request, account, sent)
    nickname = sent.string("nickName") or f"{source.method.name} {len(account.payment_options) + 1}"
    _check_nickname(account, nickname)
    option = PaymentOption(next(world_of(request).option_ids), nickname, not account.payment_options, source)
    account.payment_options.append(option)
    if len(account.payment_options) > 1:
        _update_default(account, option, sent)
    source.reusable, source.customer_id = True, account.id
    if world_of(request).switches.saved_option == "empty":
        return no_content()
    return _answer(request, option, 201)


async def change(request: Request) -> Response:
    """`POST payment-options/{id}`: changes the nickname, and whether the option is the default."""
    account = account_of(request)
    option = _option(request, account)
    sent = await _sent_option(request)
    nickname = sent.string("nickName") or option.nickname
    if nickname != option.nickname:
        _check_nickname(account, nickname)
    option.nickname = nickname
    _update_default(account, option, sent)
    return _answer(request, option)


async def remove(request: Request) -> Response:
    """`DELETE payment-options/{id}`: removes the option, and cancels its source if the active cart does not use it."""
    account = account_of(request)
    option = _option(request, account)
    account.payment_options.remove(option)
    option.source.reusable = False
    cart = account.shopper.cart
    if cart is None or option.source not in cart.sources:
        option.source.become("cancelled")
    return no_content()


def _update_default(account: Account, option: PaymentOption, sent: Body) -> None:
    if "isDefault" in sent:
        set_default(account.payment_options, option, is_true(sent["isDefault"]))


def _check_nickname(account: Account, nickname: str) -> None:
    if any(option.nickname == nickname for option in account.payment_options):
        raise _refused(409, "payment-option-already-exists", f"There is a payment option called {nickname}.")


def _source(request: Request, account: Account, sent: Body) -> Source:
    """Payment source whose id is in the body. Raises a 400 or 409 if the shopper cannot save this source."""
    source_id = sent.string("sourceId")
    if not source_id:
        raise _refused(400, "invalid-request", "The id of the source is missing.")
    source = world_of(request).sources.get(source_id.lower())
    if source is not None and account.owns(source):
        raise _refused(409, "source-already-exists", f"The source {source_id} is saved.")
    cart = account.shopper.cart
    session_ids = (None, cart.session_id if cart else None)
    if source is None or source.reusable or source.session_id not in session_ids:
        raise _refused(409, "source_not_found", f"The source with id [{source_id}] was not found.")
    if source.state != "chargeable":
        raise _refused(409, "source_not_chargeable", "The source cannot be charged.")
    if not source.method.supports_storage:
        raise _refused(409, "nonreusable_source", "A source of this kind cannot be charged again.")
    return source


async def _sent_option(request: Request) -> Body:
    body = await body_of(request, RELATION)
    check_ip_address(body.object("shopper").string("ipAddress"), RELATION)
    sent = body.object("paymentOption")
    if not sent:
        raise _refused(400, "invalid-request", "Invalid or Missing Request Content")
    return sent


def _option(request: Request, account: Account) -> PaymentOption:
    return find(account.payment_options, request.path_params["id"], "payment option", RELATION)


def _answer(request: Request, option: PaymentOption, status: int = 200) -> Response:
    return answer(request, {"paymentOption": option.wire(base_of(request), is_full=True)}, status)
