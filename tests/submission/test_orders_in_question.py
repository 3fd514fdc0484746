"""She paid and has no order: the log lines and the commands have the true story, in five staged cases.

Replicas are processes of their own, with a real Valkey and a sandbox on a socket.
"""

import asyncio
import io
import os
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from bench.replicas.environment import free_port
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.recorded_log import lines_with
from tests.support.shop import PACK, SUBMIT, Shopper, Storefront, eventually, listening, new_key
from tests.support.valkey import Valkey

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

ROOT = Path(__file__).parents[2]

PERSONAL = ("Lovelace", "Bren Road", "ada@example.com", "952-555-0100", "Minnetonka")


@dataclass
class Replica:
    """A gateway in a process of its own."""

    process: asyncio.subprocess.Process
    http: httpx.AsyncClient
    reading: asyncio.Task[None]

    def kill(self) -> None:
        self.process.kill()


@dataclass
class Shop:
    environment: dict[str, str]
    sandbox: httpx.AsyncClient
    world: World
    replicas: list[Replica] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    """Support references of all answers, in their order."""
    log: io.StringIO = field(default_factory=io.StringIO)
    """The log of all replicas, as a collector of logs has it."""
    written: asyncio.Event = field(default_factory=asyncio.Event)

    def shopper(self, replica: Replica) -> Shopper:
        return Shopper(Storefront(replica.http), self.sandbox, self.world)

    async def start(self) -> Replica:
        port = free_port()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "gateway", "serve"),
            cwd=ROOT,
            env=os.environ | self.environment | {"RIVERFRONT_PORT": str(port)},
            stderr=asyncio.subprocess.PIPE,
        )

        async def keep(answer: httpx.Response) -> None:
            self.references.append(answer.headers["x-request-id"])

        hooks = {"response": [keep]}
        http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", event_hooks=hooks, timeout=60)
        replica = Replica(process, http, asyncio.create_task(self._collect(process)))
        self.replicas.append(replica)
        await self.logged(event="listening", port=port)
        return replica

    async def _collect(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            self.log.write(line.decode())
            self.written.set()

    async def logged(self, **fields: Any) -> dict[str, Any]:
        """Wait until the log has a line with these fields, and return it."""
        while not (lines := lines_with(self.log, **fields)):
            self.written.clear()
            await self.written.wait()
        return lines[0]

    async def command(self, *arguments: str) -> tuple[int | None, dict[str, str], str]:
        """Run `python -m gateway` with the settings of the replicas. Returns the exit code, the printed values by
        name, and all that was printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "gateway", *arguments),
            cwd=ROOT,
            env=os.environ | self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, errors = await process.communicate()
        lines = [line.partition(":") for line in out.decode().splitlines()]
        return process.returncode, {name: value.strip() for name, _, value in lines}, (out + errors).decode()

    async def forget_replicas(self) -> None:
        """End all heartbeats and claims, as if half a minute had passed. Running replicas begin theirs again."""
        redis = Redis.from_url(self.environment["RIVERFRONT_STORE_URL"])
        await redis.delete(*[key async for key in redis.scan_iter("riverfront:replica:*")])
        for tag in await redis.zrange("riverfront:attempts", 0, -1):
            await redis.zadd("riverfront:attempts", {str(tag, "ascii"): 0})  # type: ignore[arg-type]  # redis-py's types
        await redis.aclose()

    async def story_by_log(self, reference: str) -> list[dict[str, Any]]:
        """The steps of the submission to which a support reference leads: first to its key, then to all its lines."""
        keys = {line["key"] for line in lines_with(self.log, request_id=reference) if "key" in line}
        assert len(keys) == 1, "a request that submits has the key of its submission"
        return [line for line in lines_with(self.log, key=keys.pop()) if line["event"].startswith("submission")]


@pytest.fixture
async def shop(world: World, own_valkey: Valkey) -> AsyncIterator[Shop]:
    keys = world.keys
    async with listening(create_sandbox(world), "off") as url, httpx.AsyncClient(base_url=url) as sandbox:
        environment = {
            "RIVERFRONT_UPSTREAM_URL": url,
            "RIVERFRONT_PAYMENTS_PUBLIC_URL": url,
            "RIVERFRONT_SCRIPT_URL": f"{url}/v1/DigitalRiver.js",
            "RIVERFRONT_API_KEY": keys.confidential_key,
            "RIVERFRONT_API_SECRET": keys.confidential_secret,
            "RIVERFRONT_PUBLISHABLE_KEY": keys.public_key,
            "RIVERFRONT_ORIGINS": "http://localhost:3000",
            "RIVERFRONT_DEVELOPMENT": "true",
            "RIVERFRONT_STORE_URL": own_valkey.url,
        }
        shop = Shop(environment, sandbox, world)
        try:
            await shop.start()
            yield shop
        finally:
            for replica in shop.replicas:
                if replica.process.returncode is None:
                    replica.kill()
                await replica.process.wait()
                await replica.reading
                await replica.http.aclose()


def outcomes(story: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for line in story:
        if "outcome" in line:
            yield line["event"].removeprefix("submission "), line["outcome"]


def assert_no_personal_data(text: str) -> None:
    for value in PERSONAL:
        assert value not in text


async def test_placed_order_is_found_by_reference_key_and_number(shop: Shop) -> None:
    shopper = shop.shopper(shop.replicas[0])
    await shopper.get_ready()
    key = new_key()
    number = (await shopper.storefront.outcome(key))["order"]["number"]
    story = await shop.story_by_log(shop.references[-1])
    assert [line["event"] for line in story] == ["submission reserved", "submission sent", "submission outcome"]
    assert (story[-1]["key"], story[-1]["order"], story[-1]["outcome"]) == (key, number, "PLACED")
    assert lines_with(shop.log, order=number, outcome="PLACED")[0]["key"] == key

    for arguments in (("attempt", key), ("order", number)):
        code, values, printed = await shop.command(*arguments)
        assert code == 0, printed
        assert (values["outcome"], values["order"], values["key"]) == ("PLACED", number, key)
        assert (values["request id"], values["evidence"]) == (shop.references[-1], "answer")
        assert story[-1]["session"] in values.values()
        assert "Give the shopper the order number" in values["do"]
        assert_no_personal_data(printed)
    assert_no_personal_data(shop.log.getvalue())


async def test_order_in_doubt_is_found_before_and_after_settling(shop: Shop) -> None:
    shopper = shop.shopper(shop.replicas[0])
    await shopper.get_ready()
    await shopper.fault("drop-after", SUBMIT, times=1)
    await shopper.fault("status", "/v1/shoppers/me/orders/{id}", status=503)
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderInDoubt"
    reference = shop.references[-1]
    story = await shop.story_by_log(reference)
    assert (story[-1]["outcome"], story[-1]["level"]) == ("IN_DOUBT", "warning")
    code, values, printed = await shop.command("attempt", key)
    assert (code, values["outcome"], values["order"]) == (0, "IN_DOUBT", "none known"), printed
    assert "There may be an order" in values["state"]
    assert "must not pay again" in values["do"]
    number = values["cart"]
    assert (await shop.command("order", number))[1]["key"] == key, "the order has the number of its cart"

    shop.world.faults.clear()
    await shop.logged(key=key, event="submission reconciled")
    assert ("reconciled", "PLACED") in outcomes(await shop.story_by_log(reference))
    _, values, printed = await shop.command("attempt", key)
    assert (values["outcome"], values["order"], values["evidence"]) == ("PLACED", number, "order"), printed


async def test_declined_payment_is_found(shop: Shop) -> None:
    shopper = shop.shopper(shop.replicas[0])
    await shopper.get_ready(owner__lastName="Decline:fraud_block")
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderDeclined"
    story = await shop.story_by_log(shop.references[-1])
    assert [*outcomes(story)] == [("outcome", "DECLINED")]
    (refused,) = [line for line in story if line["event"] == "submission refused"]
    assert (refused["meaning"], bool(refused["upstream_code"])) == ("DECLINE", True)
    code, values, printed = await shop.command("attempt", key)
    assert (code, values["outcome"], values["order"]) == (0, "DECLINED", "none known"), printed
    assert "There is no order" in values["state"]
    assert "fraud" not in printed


async def test_blocked_cart_is_found_with_its_blockers(shop: Shop) -> None:
    shopper = shop.shopper(shop.replicas[0])
    await shopper.storefront.add(PACK)
    key = new_key()
    assert (await shopper.storefront.outcome(key))["__typename"] == "OrderBlocked"
    story = await shop.story_by_log(shop.references[-1])
    assert [line["event"] for line in story] == ["submission reserved", "submission outcome"], "nothing was sent"
    code, values, printed = await shop.command("attempt", key)
    assert (code, values["outcome"], values["sent"]) == (0, "BLOCKED", "not sent"), printed
    assert values["blockers"].split(", ") == story[-1]["codes"]
    assert "nothing was charged" in values["do"]


async def test_order_of_a_killed_replica_is_found(shop: Shop) -> None:
    killed = shop.replicas[0]
    shopper = shop.shopper(killed)
    await shopper.get_ready()
    await shopper.fault("delay", SUBMIT, delay_s=600, times=1)
    key = new_key()
    submitting = asyncio.create_task(shopper.storefront.submit(key))
    await eventually(lambda: shopper.submits == 1)
    killed.kill()
    with pytest.raises(httpx.TransportError):
        await submitting
    await shop.forget_replicas()
    # The request was never answered, so support has only the key, or the session by an earlier request.
    assert [line["event"] for line in lines_with(shop.log, key=key)] == ["submission reserved", "submission sent"]
    code, values, printed = await shop.command("attempt", key)
    assert (code, values["stage"], values["outcome"]) == (0, "sent", "IN_PROGRESS"), printed
    assert "its replica stopped before the answer" in values["state"]
    assert "stopped" in values["replica"]
    assert "must not pay again" in values["do"]

    await shop.start()
    await shop.logged(key=key, event="submission reconciled")
    _, values, printed = await shop.command("attempt", key)
    assert (values["outcome"], values["evidence"]) == ("PLACED", "order"), printed
    assert (await shop.command("order", values["order"]))[1]["key"] == key
    assert shopper.submits == 1


@pytest.mark.exhaustive
async def test_commands_say_why_they_know_nothing(shop: Shop) -> None:
    code, _, printed = await shop.command("attempt", new_key())
    assert code == 1
    assert "no attempt with this key" in printed
    code, _, printed = await shop.command("order", "9999")
    assert code == 1
    assert "no attempt with this number" in printed
    assert (await shop.command("attempt", "no-uuid"))[0] == 2

    complete = dict(shop.environment)
    shop.environment["RIVERFRONT_STORE_URL"] = ""
    code, _, printed = await shop.command("attempt", new_key())
    assert code == 2
    assert "in the memory of its own process" in printed
    shop.environment["RIVERFRONT_STORE_URL"] = "redis://user:planted-password@127.0.0.1:9/0"
    code, _, printed = await shop.command("order", "9999")
    assert code == 2
    assert "store cannot be reached" in printed
    assert "planted-password" not in printed
    del shop.environment["RIVERFRONT_API_SECRET"]
    code, _, printed = await shop.command("attempt", new_key())
    assert code == 2
    assert "RIVERFRONT_API_SECRET is not set" in printed

    shop.environment |= complete
    shopper = shop.shopper(shop.replicas[0])
    await shopper.get_ready()
    key = new_key()
    await shopper.storefront.outcome(key)
    shop.environment["RIVERFRONT_API_SECRET"] = "another-secret-of-the-same-site"
    code, _, printed = await shop.command("attempt", key)
    assert code == 2
    assert "RIVERFRONT_SEALING_KEYS" in printed
