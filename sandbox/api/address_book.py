"""`/v1/shoppers/me/addresses`: the address book of an account."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox.api.requests import Body, answer, base_of, body_of, expand_of, member_of, nothing, world_of
from sandbox.model import postal_address
from sandbox.model.shopper import Account, SavedAddress, choose_default
from sandbox.wire.money import Json
from sandbox.wire.refusal import Refusal

RELATION = "AddressesResource"


async def show_all(request: Request) -> Response:
    """`GET addresses`. Without `expand` an entry is no more than its link, nickname and default."""
    account = member_of(request)
    return answer(request, {"addresses": account.book_wire(base_of(request), expand_of(request, "addresses"))})


async def show(request: Request) -> Response:
    """`GET addresses/{id}`."""
    return answer(request, {"address": _entry(request, member_of(request)).wire(base_of(request), whole=True)})


async def save(request: Request) -> Response:
    """`POST addresses`: a new entry, or another address for the nickname that there is."""
    account = member_of(request)
    given, fields = await _given(request)
    nickname = given.text("nickName")
    if not nickname:
        raise _no(400, "invalid-request", "The nickname is missing.")
    entry = next((one for one in account.addresses if one.nickname == nickname), None)
    if entry is None:
        entry = SavedAddress(world_of(request).next_address_id(), nickname, False, fields)
        account.addresses.append(entry)
    _update(account, entry, given, fields)
    return nothing()


async def change(request: Request) -> Response:
    """`POST addresses/{id}`."""
    account = member_of(request)
    entry = _entry(request, account)
    given, fields = await _given(request)
    nickname = given.text("nickName") or entry.nickname
    if any(one.nickname == nickname for one in account.addresses if one is not entry):
        raise _no(409, "address-already-exists", f"There is an address called {nickname}.")
    entry.nickname = nickname
    _update(account, entry, given, fields)
    return nothing()


async def remove(request: Request) -> Response:
    """`DELETE addresses/{id}`."""
    account = member_of(request)
    account.addresses.remove(_entry(request, account))
    return nothing()


def _update(account: Account, entry: SavedAddress, given: Json, fields: Json) -> None:
    entry.fields = fields
    if "isDefault" in given:
        is_default = str(given["isDefault"]).lower() == "true"
        if is_default:
            choose_default(account.addresses, entry)
        entry.is_default = is_default


async def _given(request: Request) -> tuple[Body, Json]:
    given = (await body_of(request, RELATION)).object("address")
    fields = postal_address.read(given, RELATION)
    postal_address.check_postal_code(fields, RELATION)
    return given, fields


def _entry(request: Request, account: Account) -> SavedAddress:
    text = request.path_params["id"]
    found = next((one for one in account.addresses if str(one.id) == text), None)
    if found is None:
        raise _no(404, "resource-not-found", f"The address {text} could not be found.")
    return found


def _no(status: int, code: str, text: str) -> Refusal:
    return Refusal(status, code, text, relation=RELATION)
