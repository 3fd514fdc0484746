"""`/v1/shoppers/me/addresses`: the address book of an account."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.requests import account_of, answer, base_of, body_of, expand_of, find, no_content, world_of
from sandbox.model.postal_address import check_postal_code, read_address
from sandbox.model.shopper import Account, SavedAddress, set_default
from sandbox.wire.body import Body
from sandbox.wire.refusal import Refusal
from sandbox.wire.values import Json, is_true

RELATION = "AddressesResource"

_refused = partial(Refusal, relation=RELATION)


async def show_all(request: Request) -> Response:
    """`GET addresses`. Without `expand`, an entry has only `uri`, `nickName` and `isDefault`."""
    account = account_of(request)
    return answer(request, {"addresses": account.addresses_wire(base_of(request), expand_of(request, "addresses"))})


async def show(request: Request) -> Response:
    """`GET addresses/{id}`."""
    return answer(request, {"address": _entry(request, account_of(request)).wire(base_of(request), is_full=True)})


async def save(request: Request) -> Response:
    """`POST addresses`: adds an entry, or replaces the address of the entry with the same nickname."""
    account = account_of(request)
    sent, fields = await _sent_address(request)
    nickname = sent.string("nickName")
    if not nickname:
        raise _refused(400, "invalid-request", "The nickname is missing.")
    entry = next((entry for entry in account.addresses if entry.nickname == nickname), None)
    if entry is None:
        entry = SavedAddress(next(world_of(request).address_ids), nickname, False, fields)
        account.addresses.append(entry)
    _update(account, entry, sent, fields)
    return no_content()


async def change(request: Request) -> Response:
    """`POST addresses/{id}`."""
    account = account_of(request)
    entry = _entry(request, account)
    sent, fields = await _sent_address(request)
    nickname = sent.string("nickName") or entry.nickname
    if any(other.nickname == nickname for other in account.addresses if other is not entry):
        raise _refused(409, "address-already-exists", f"There is an address called {nickname}.")
    entry.nickname = nickname
    _update(account, entry, sent, fields)
    return no_content()


async def remove(request: Request) -> Response:
    """`DELETE addresses/{id}`."""
    account = account_of(request)
    account.addresses.remove(_entry(request, account))
    return no_content()


def _update(account: Account, entry: SavedAddress, sent: Json, fields: Json) -> None:
    entry.fields = fields
    if "isDefault" in sent:
        set_default(account.addresses, entry, is_true(sent["isDefault"]))


async def _sent_address(request: Request) -> tuple[Body, Json]:
    """The object `address` in the body, and its address fields after validation."""
    sent = (await body_of(request, RELATION)).object("address")
    fields = read_address(sent, RELATION)
    check_postal_code(fields, RELATION)
    return sent, fields


def _entry(request: Request, account: Account) -> SavedAddress:
    return find(account.addresses, request.path_params["id"], "address", RELATION)
