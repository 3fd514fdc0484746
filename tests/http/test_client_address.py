"""Forwarding headers are used only when a trusted proxy sends them."""

import httpx

from sandbox.model.world import World
from tests.support.shop import Clock, InMemoryTransport, Shopper, gateway, new_key


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
