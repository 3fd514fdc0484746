"""What the shoppers of `load` do with one cart each, from filling it to the last question about its outcome."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from bench.replicas.environment import GatewayProcess
from bench.replicas.oracle import SubmitRequest
from bench.replicas.shopper import CartState, Device, NotPrepared, Shopper
from tests.support.shop import POLES

LEFT_OUT_S = 0.3
"""Seconds within which the requests of one contest begin."""

LOSES_HANDLE = 0.3
"""Share of the guests whose session ends and who have lost its handle by then."""


@dataclass
class Journey:
    shopper: Shopper
    gateways: Sequence[GatewayProcess]
    submits: int
    """Number of submit requests that the shopper still has to send."""
    gate: asyncio.Semaphore
    """Limits how many requests of all shoppers are under way."""
    requests: list[SubmitRequest] = field(default_factory=list)

    def device(self) -> Device:
        return Device(self.shopper, self.gateways)

    async def signed_in(self) -> Device:
        device = self.device()
        await self.shopper.sign_in(device)
        return device

    async def contest(
        self, devices: Sequence[Device], cart: CartState, submits: int | None = None, *, hang_ups: float = 0.1
    ) -> None:
        """Send submit requests for the cart from all devices at once. Some repeat a key.

        `hang_ups`: share of the requests whose client does not wait for the answer.
        """
        shopper, rng = self.shopper, self.shopper.rng
        main = shopper.request(cart)
        self.requests.append(main)

        async def submit(device: Device, request: SubmitRequest, delay_s: float, *, hangs_up: bool) -> None:
            await asyncio.sleep(delay_s)
            async with self.gate:
                await shopper.submit(device, request, hangs_up=hangs_up)

        count = min(submits or self.submits, self.submits)
        self.submits -= count
        sending = []
        for _ in range(count):
            request = main if rng.random() < 0.6 else shopper.request(cart)
            if request is not main:
                self.requests.append(request)
            hangs_up = rng.random() < hang_ups
            sending.append(submit(rng.choice(devices), request, rng.uniform(0, LEFT_OUT_S), hangs_up=hangs_up))
        await asyncio.gather(*sending)

    async def finish(self, device: Device) -> None:
        """Ask for the outcome of every request."""
        for request in self.requests:
            await self.shopper.settle(device, request)
        if self.shopper.has_account:
            await self.shopper.read_orders(device)

    async def submit_rest(self, device: Device) -> None:
        """Send the requests that are left, for the cart as it is now."""
        with suppress(NotPrepared):
            cart = await device.cart()
            if cart is not None and self.submits:
                await self.contest([device], cart)


async def guest(journey: Journey) -> Device:
    device = journey.device()
    await journey.shopper.add(device)
    await journey.contest([device], await journey.shopper.make_ready(device))
    return device


async def two_devices(journey: Journey) -> Device:
    devices = [await journey.signed_in(), await journey.signed_in()]
    await journey.shopper.add(devices[0])
    await journey.contest(devices, await journey.shopper.make_ready(devices[0]))
    return devices[1]


async def edits(journey: Journey) -> Device:
    """Another tab changes the cart while it is submitted, and the shopper then submits the new cart."""
    shopper = journey.shopper
    device = await journey.signed_in() if shopper.has_account else journey.device()
    await shopper.add(device)
    cart = await shopper.make_ready(device)

    async def edit() -> None:
        await asyncio.sleep(shopper.rng.uniform(0, LEFT_OUT_S))
        shopper.count("shoppers: changes of a cart during its submission")
        with suppress(NotPrepared):
            await shopper.add(device, POLES)

    await asyncio.gather(journey.contest([device], cart, journey.submits // 2), edit())
    await journey.submit_rest(device)
    return device


async def signs_in_between(journey: Journey) -> Device:
    """A guest signs in while the guest's cart is submitted. The account has a cart, too."""
    shopper = journey.shopper
    elsewhere = await journey.signed_in()
    if shopper.rng.random() < 0.5:
        await shopper.add(elsewhere, POLES)
    device = journey.device()
    await shopper.add(device)
    cart = await shopper.make_ready(device)

    async def sign_in() -> None:
        await asyncio.sleep(shopper.rng.uniform(0, LEFT_OUT_S))
        shopper.count("shoppers: sign-ins during a submission of the guest's cart")
        with suppress(NotPrepared):
            await shopper.sign_in(device)

    # Requests of another tab keep the handle of the guest.
    tab = Device(shopper, journey.gateways, dict(device.headers))
    await asyncio.gather(journey.contest([device, tab], cart, journey.submits // 2), sign_in())
    for request in journey.requests:
        await shopper.settle(device, request)
    with suppress(NotPrepared):
        cart_now = await device.cart()
        if cart_now is not None and cart_now.quantity:
            await journey.contest([device, elsewhere], await shopper.make_ready(device))
    await journey.submit_rest(elsewhere)
    return elsewhere


async def sign_in_elsewhere(journey: Journey) -> Device:
    """Another device, with a guest's cart, signs in to the account whose cart is being submitted."""
    shopper = journey.shopper
    buying, rival = await journey.signed_in(), journey.device()
    await shopper.add(rival, POLES)
    await shopper.add(buying)
    cart = await shopper.make_ready(buying)

    async def sign_in() -> None:
        await asyncio.sleep(shopper.rng.uniform(0, LEFT_OUT_S))
        shopper.count("shoppers: sign-ins during a submission of the account's cart")
        with suppress(NotPrepared):
            await shopper.sign_in(rival)

    await asyncio.gather(journey.contest([buying], cart, journey.submits // 2), sign_in())
    for request in journey.requests:
        await shopper.settle(buying, request)
    await journey.submit_rest(rival if "Authorization" in rival.headers else buying)
    return buying


async def redirect(journey: Journey) -> Device:
    """The shopper approves a redirect, and resumes the order: on another device of the account, if there is one."""
    shopper = journey.shopper
    device = await journey.signed_in() if shopper.has_account else journey.device()
    await shopper.add(device)
    await journey.contest([device], await shopper.make_ready(device, "klarnaCredit"))
    resuming = device
    if shopper.has_account:
        resuming = await journey.signed_in()
    elif shopper.rng.random() < 0.3:
        journey.shopper.count("shoppers: pages of a provider that were left")
        return device
    # The result with the redirect may have been an answer that was lost.
    for request in journey.requests:
        if shopper.redirect_url is None:
            await shopper.submit(device, request)
    if await shopper.approve():
        shopper.count(f"shoppers: redirects resumed on {'another' if shopper.has_account else 'the same'} device")
        main = journey.requests[0]
        await asyncio.gather(*(shopper.resume(resuming, main, names_key=bool(index)) for index in range(3)))
    return resuming


async def session_ends(journey: Journey) -> Device:
    """The session ends between the submit requests and the question."""
    shopper = journey.shopper
    shopper.loses_handle = shopper.rng.random() < LOSES_HANDLE
    device = await journey.signed_in() if shopper.has_account else journey.device()
    await shopper.add(device)
    await journey.contest([device], await shopper.make_ready(device), hang_ups=0.9)
    # A session is not used again before its end: by a second more than the idle time.
    await asyncio.sleep(shopper.environment.idle_s + 1)
    shopper.count("shoppers: sessions that ended before the question")
    return device


Kind = tuple[Callable[[Journey], Awaitable[Device]], bool, int]
"""A kind of journey, whether its shopper has an account, and how often it happens, in percent."""

KINDS: list[Kind] = [
    (guest, False, 20),
    (two_devices, True, 12),
    (edits, False, 6),
    (edits, True, 6),
    (signs_in_between, True, 12),
    (sign_in_elsewhere, True, 12),
    (redirect, False, 8),
    (redirect, True, 8),
    (session_ends, False, 8),
    (session_ends, True, 8),
]
