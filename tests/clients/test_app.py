"""The example app, which behaves as apps in Kotlin and Swift do: it may be ended at any moment, and a link opens it.

Each life of the app is a process of its own. A file is its keychain.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from dirty_equals import IsPartialDict

from sandbox.model.world import World
from tests.support.client_package import client_package
from tests.support.external_programs import output
from tests.support.running_gateway import running_gateway
from tests.support.shop import SUBMIT, Clock

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

RETURN = "https://shop.example/app/return"

KILLED = -9


@dataclass
class Device:
    """A phone with the app. Its keychain is a file."""

    package: Path
    addresses: tuple[str, str]
    keychain: Path

    async def app(self, *does: str) -> dict[str, Any]:
        """Open the app and do something. Returns the screen that is shown at the end."""
        printed = await output("node", *self._command(*does), folder=self.package)
        screen: dict[str, Any] = json.loads(printed)
        return screen

    async def app_dies(self, *does: str) -> None:
        program = await asyncio.create_subprocess_exec("node", *self._command(*does), cwd=self.package)
        assert await program.wait() == KILLED

    def _command(self, *does: str) -> list[str]:
        return ["dist/app/device.js", *self.addresses, str(self.keychain), *does]

    def lose_session(self) -> None:
        """The handle is gone, as after a sign-out on another screen or with a restored backup."""
        rest = {name: value for name, value in self.stored.items() if name != "riverfront.session"}
        self.keychain.write_text(json.dumps(rest))

    @property
    def stored(self) -> dict[str, str]:
        values: dict[str, str] = json.loads(self.keychain.read_text())
        return values

    async def decide(self, screen: dict[str, Any], decision: str) -> None:
        """The shopper decides on the provider's page, in the browser of the phone."""
        assert screen["name"] == "provider"
        async with httpx.AsyncClient() as browser:
            answer = await browser.post(screen["url"], data={"decision": decision})
        assert answer.status_code == 303

    async def sandbox(self, control: str, body: dict[str, Any]) -> None:
        async with httpx.AsyncClient() as http:
            assert (await http.post(f"{self.addresses[1]}/_sandbox/{control}", json=body)).is_success


@pytest.fixture
async def device(world: World, clock: Clock, tmp_path: Path) -> AsyncIterator[Device]:
    package = await client_package()
    async with running_gateway(world, clock) as addresses:
        yield Device(package, addresses, tmp_path / "keychain")


def submits(world: World) -> int:
    return world.calls.count("POST", SUBMIT)


async def test_app_continues_at_each_step_after_a_restart(device: Device, world: World) -> None:
    assert await device.app() == {"name": "cart", "totalQuantity": 0, "hasSessionEnded": False}
    payment = await device.app("shop")
    assert payment["name"] == "payment"
    assert await device.app() == payment
    review = await device.app("pay", "creditCard")
    assert review["name"] == "review"
    assert await device.app() == review
    assert await device.app("buy") == IsPartialDict(name="confirmation", isPaid=True)
    assert await device.app() == {"name": "cart", "totalQuantity": 0, "hasSessionEnded": False}
    assert submits(world) == 1


async def test_keychain_with_the_handle_is_closed_to_other_users(device: Device) -> None:
    await device.app("shop")
    assert os.stat(device.keychain).st_mode & 0o077 == 0
    assert device.stored.keys() == {"riverfront.session"}


async def test_app_that_died_after_sending_shows_its_order(device: Device, world: World) -> None:
    await device.app("shop")
    await device.app("pay", "creditCard")
    await device.app_dies("buy-and-die-after")
    assert "riverfront.submit-request" in device.stored
    assert await device.app() == IsPartialDict(name="confirmation")
    assert "riverfront.submit-request" not in device.stored
    assert submits(world) == 1


async def test_app_that_died_before_sending_lets_the_shopper_buy(device: Device, world: World) -> None:
    await device.app("shop")
    await device.app("pay", "creditCard")
    await device.app_dies("buy-and-die-before")
    assert await device.app() == IsPartialDict(name="review")
    assert submits(world) == 0
    assert await device.app("buy") == IsPartialDict(name="confirmation")
    assert submits(world) == 1


async def test_order_of_lost_session_is_not_bought_again_unasked(device: Device, world: World) -> None:
    await device.app("shop")
    await device.app("pay", "creditCard")
    await device.app_dies("buy-and-die-after")
    device.lose_session()
    assert await device.app() == {"name": "earlierOrder", "hasArrived": False}
    assert await device.app() == IsPartialDict(name="cart"), "it is reported once"
    await device.app("shop")
    await device.app("pay", "creditCard")
    assert await device.app("buy") == {"name": "earlierOrder", "hasArrived": True}
    assert submits(world) == 1
    assert await device.app("buy") == IsPartialDict(name="confirmation")
    assert submits(world) == 2


async def test_order_that_never_arrived_is_placed_by_the_next_session(device: Device, world: World) -> None:
    await device.app("shop")
    await device.app("pay", "creditCard")
    await device.app_dies("buy-and-die-before")
    device.lose_session()
    assert await device.app() == {"name": "earlierOrder", "hasArrived": False}
    await device.app("shop")
    await device.app("pay", "creditCard")
    assert await device.app("buy") == IsPartialDict(name="confirmation")
    assert submits(world) == 1


async def test_app_says_that_its_session_has_ended(device: Device, clock: Clock) -> None:
    await device.app("shop")
    handle = device.stored["riverfront.session"]
    clock.move(3600)
    assert await device.app() == {"name": "cart", "totalQuantity": 0, "hasSessionEnded": True}
    assert device.stored["riverfront.session"] != handle
    assert (await device.app("shop"))["name"] == "payment"


async def test_order_is_shown_although_its_session_has_ended(device: Device, clock: Clock, world: World) -> None:
    await device.app("shop")
    await device.app("pay", "creditCard")
    await device.app_dies("buy-and-die-after")
    clock.move(3600)
    assert await device.app() == IsPartialDict(name="confirmation")
    assert submits(world) == 1


@pytest.mark.parametrize("opening", [("open", f"{RETURN}?state=failed&order=1"), ("start",)])
async def test_app_finishes_the_order_when_the_shopper_is_back(
    device: Device, world: World, opening: tuple[str, ...]
) -> None:
    await device.app("shop")
    await device.app("pay", "afterPay")
    provider = await device.app("buy")
    await device.decide(provider, "approve")
    assert await device.app(*opening) == IsPartialDict(name="confirmation")
    assert await device.app(*opening) == IsPartialDict(name="cart", totalQuantity=0)
    assert submits(world) == 1


async def test_link_before_the_decision_leads_to_the_provider(device: Device, world: World) -> None:
    await device.app("shop")
    await device.app("pay", "afterPay")
    provider = await device.app("buy")
    assert await device.app("open", RETURN) == provider
    assert await device.app("open", "https://evil.example/app/return?approved=1") == IsPartialDict(name="payment")
    assert submits(world) == 1


async def test_rejected_payment_leads_back_to_the_payment(device: Device) -> None:
    await device.app("shop")
    await device.app("pay", "afterPay")
    await device.decide(await device.app("buy"), "reject")
    screen = await device.app("open", RETURN)
    assert screen["name"] == "payment"
    assert screen["note"]
    await device.app("pay", "creditCard")
    assert await device.app("buy") == IsPartialDict(name="confirmation")


async def test_order_in_doubt_is_checked_until_it_is_known(device: Device, clock: Clock, world: World) -> None:
    await device.app("shop")
    await device.app("pay", "creditCard")
    await device.sandbox("faults", {"kind": "drop-before", "path": SUBMIT, "times": 1})
    assert await device.app("buy") == {"name": "placing"}
    assert await device.app() == {"name": "placing"}
    clock.move(300)
    assert await device.app() == IsPartialDict(name="review")
    assert await device.app("buy") == IsPartialDict(name="confirmation")
    assert len(world.orders()) == 1
