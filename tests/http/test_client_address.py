"""Forwarding headers are used only when a trusted proxy sends them."""

import httpx
import pytest
from starlette.requests import empty_receive

from gateway.http.client_address import client_connection
from gateway.http.http_request import HttpRequest
from gateway.store.rate_limits import address_key
from sandbox.model.world import World
from tests.support.shop import Clock, InMemoryTransport, Shopper, gateway, new_key, settings_for


class AddressRecorder(InMemoryTransport):
    """Records the shopper's IP address in each submit-cart call."""

    def __init__(self, network: InMemoryTransport) -> None:
        super().__init__(network.app)
        self.addresses: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("submit-cart"):
            self.addresses.append(request.url.params["ipAddress"])
        return await super().handle_async_request(request)


async def test_forwarded_ip_address_is_used_only_from_trusted_proxies(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    recorder = AddressRecorder(network)
    for proxies in ("", "198.51.100.0/24"):
        async with (
            gateway(world, recorder, clock, trusted_proxies=proxies) as storefront,
            httpx.AsyncClient(transport=network, base_url="http://sandbox") as sandbox,
        ):
            storefront.headers["X-Forwarded-For"] = "203.0.113.9, 198.51.100.1"
            await Shopper(storefront, sandbox, world).get_ready()
            await storefront.outcome(new_key())
    assert recorder.addresses == ["198.51.100.7", "203.0.113.9"]


async def test_hsts_header_is_sent_only_when_trusted_proxy_reports_https(
    world: World, network: InMemoryTransport, clock: Clock
) -> None:
    for proxies, is_encrypted in (("", False), ("198.51.100.0/24", True)):
        async with gateway(world, network, clock, trusted_proxies=proxies) as storefront:
            answer = await storefront.http.get("/health/live", headers={"X-Forwarded-Proto": "https"})
            assert ("strict-transport-security" in answer.headers) is is_encrypted


LB, CDN, SHOPPER = "10.0.0.1", "10.0.0.2", "203.0.113.9"
UNREADABLE = ("unknown", "_hidden", "203.0.113.9:port", "203.0.113", "[]", "\xa0")
FORWARDED: dict[str, tuple[list[str], str | None]] = {
    "one line": ([f"192.0.2.1, {SHOPPER}, {CDN}"], SHOPPER),
    "lines of their own": (["192.0.2.1", f"{SHOPPER}", CDN], SHOPPER),
    "forged line before the line of a proxy": (["192.0.2.1", SHOPPER], SHOPPER),
    "port": ([f"{SHOPPER}:4711, {CDN}:80"], SHOPPER),
    "IPv6 with port": (["[2001:db8::1]:4711"], "2001:db8::1"),
    "IPv6": (["2001:db8::1"], "2001:db8::1"),
    "mapped address of a proxy": ([f"{SHOPPER}, ::ffff:{CDN}"], SHOPPER),
    "mapped address of a shopper": ([f"::ffff:{SHOPPER}"], SHOPPER),
    "empty parts": ([f" , {SHOPPER},, "], SHOPPER),
    "no address": (["192.0.2.1, unknown"], None),
    "only proxies": ([CDN], LB),
    "no line": ([], LB),
}


def request(peer: str | None = LB, **headers: list[str]) -> HttpRequest:
    """A request from this end of the connection, by default from the load balancer."""
    lines = [
        (name.replace("_", "-").encode(), value.encode("latin-1"))
        for name, values in headers.items()
        for value in values
    ]
    client = (peer, 4711) if peer is not None else None
    scope = {"method": "POST", "query_string": b"", "client": client, "scheme": "http", "headers": lines}
    return HttpRequest.of(scope, empty_receive)


@pytest.mark.parametrize(("lines", "expected"), FORWARDED.values(), ids=FORWARDED.keys())
def test_client_address_is_the_last_hop_that_is_no_proxy(world: World, lines: list[str], expected: str | None) -> None:
    settings = settings_for(world, trusted_proxies="10.0.0.0/8")
    connection = client_connection(request(x_forwarded_for=lines), settings)
    assert connection.address == expected
    assert connection.nearest_address == expected or expected is None
    mapped = request(f"::ffff:{LB}", x_forwarded_for=lines)
    assert client_connection(mapped, settings).address == expected


@pytest.mark.parametrize(
    ("hops", "schemes", "is_encrypted"),
    [
        (SHOPPER, ["https"], True),
        (SHOPPER, ["http"], False),
        (f"{SHOPPER}, {CDN}", ["https,http"], True),
        (f"{SHOPPER}, {CDN}", ["https", "http"], True),
        (f"{SHOPPER}, {CDN}", ["http,https"], False),
        (SHOPPER, ["https, http"], False),
        (SHOPPER, [], False),
    ],
)
def test_scheme_is_the_one_that_the_outermost_proxy_reports(
    world: World, hops: str, schemes: list[str], is_encrypted: bool
) -> None:
    settings = settings_for(world, trusted_proxies="10.0.0.0/8")
    connection = client_connection(request(x_forwarded_for=[hops], x_forwarded_proto=schemes), settings)
    assert connection.is_encrypted is is_encrypted


@pytest.mark.parametrize("hop", UNREADABLE)
def test_unreadable_hop_counts_as_the_proxy_that_reports_it(world: World, hop: str) -> None:
    settings = settings_for(world, trusted_proxies="10.0.0.0/8")
    for hops, nearest in ((hop, LB), (f"{SHOPPER}, {hop}", LB), (f"{hop}, {CDN}", CDN)):
        connection = client_connection(request(x_forwarded_for=[hops]), settings)
        assert (connection.address, connection.nearest_address) == (None, nearest)
    behind_a_socket = client_connection(request(None), settings)
    assert (behind_a_socket.address, behind_a_socket.nearest_address) == (None, "unknown")


@pytest.mark.parametrize("hop", [SHOPPER, "unknown", "_hidden"])
async def test_sign_ins_behind_one_proxy_are_limited(
    world: World, network: InMemoryTransport, clock: Clock, hop: str
) -> None:
    async with gateway(world, network, clock, trusted_proxies="198.51.100.0/24") as storefront:
        storefront.headers["X-Forwarded-For"] = hop
        payloads = [await storefront.sign_in(f"account{number}@example.com", "Spring2026!") for number in range(7)]
    codes = [payload["errors"][0]["code"] for payload in payloads]
    assert codes == ["SIGN_IN_FAILED"] * 5 + ["RATE_LIMITED"] * 2


def test_addresses_of_one_ipv6_network_share_their_limits() -> None:
    assert address_key("2001:db8:1:2:3::1") == address_key("2001:db8:1:2:ffff::9") == "address:2001:db8:1:2::/64"
    assert address_key("2001:db8:1:3::1") != address_key("2001:db8:1:2::1")
    assert (address_key(SHOPPER), address_key(None)) == (f"address:{SHOPPER}", None)
