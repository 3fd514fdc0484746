"""Only a cookie with exactly the name of the session cookie is the session cookie."""

import httpx
import pytest

from sandbox.model.world import World
from tests.support.shop import CLIENT, PACK, POLES, Storefront

NAME = b"__Host-rf_session"
CART = {"query": "{ cart { totalQuantity } }"}


async def post(storefront: Storefront, *cookies: bytes) -> httpx.Response:
    headers = [(name.encode(), value.encode()) for name, value in CLIENT.items()]
    headers += [(b"Cookie", line) for line in cookies]
    return await storefront.http.post("/graphql", json=CART, headers=headers)


async def two_sessions(storefront: Storefront) -> tuple[bytes, bytes]:
    """The cookies of a session with three units in the cart, and of a session with one unit."""
    other = Storefront(storefront.http)
    await storefront.add(PACK, 3)
    await other.add(POLES)
    return (storefront.cookie or "").encode(), (other.cookie or "").encode()


@pytest.mark.parametrize(
    "name",
    [b"\xa0" + NAME, NAME + b"\xa0", b"\x85" + NAME, b"\x1c" + NAME, NAME + b"\x0b", b"\xc2\xa0" + NAME, NAME.lower()],
)
async def test_cookie_of_a_similar_name_is_not_the_session(storefront: Storefront, name: bytes, world: World) -> None:
    own, planted = await two_sessions(storefront)
    world.calls.clear()
    alone = await post(storefront, name + b"=" + planted)
    assert alone.json()["data"] == {"cart": None}
    assert "set-cookie" not in alone.headers
    assert world.calls.count() == 0
    beside = await post(storefront, NAME + b"=" + own + b"; " + name + b"=" + planted)
    assert beside.json()["data"]["cart"] == {"totalQuantity": 3}


@pytest.mark.parametrize("separator", [b"; ", b";", b" ;\t"])
async def test_request_with_two_session_cookies_is_refused(
    storefront: Storefront, world: World, separator: bytes
) -> None:
    own, planted = await two_sessions(storefront)
    world.calls.clear()
    pairs = [NAME + b"=" + own, NAME + b"=" + planted]
    for lines in ([separator.join(pairs)], [separator.join(reversed(pairs))], pairs):
        answer = await post(storefront, *lines)
        assert answer.status_code == 400
        assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["BAD_USER_INPUT"]
    assert world.calls.count() == 0


@pytest.mark.parametrize(
    "template", [b"%s=%s", b"a=1; %s=%s", b"a=1;%s=%s", b"a=1;\t%s = %s ;b=2", b'%s="%s"', b"=x; %s=%s", b"a=1;; %s=%s"]
)
async def test_session_cookie_is_read_between_others(storefront: Storefront, template: bytes) -> None:
    own, _ = await two_sessions(storefront)
    assert (await post(storefront, template % (NAME, own))).json()["data"]["cart"] == {"totalQuantity": 3}
    assert (await post(storefront, b"a=1", template % (NAME, own))).json()["data"]["cart"] == {"totalQuantity": 3}
