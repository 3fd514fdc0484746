"""`python -m gateway doctor` finds what would keep a deployment from taking orders, and shows no secret."""

import asyncio
import hashlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from gateway.doctor.examination import examine
from gateway.doctor.finding import Finding, Level
from gateway.settings.settings import Settings
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.shop import listening, settings_for
from tests.support.valkey import Valkey

ROOT = Path(__file__).parents[2]

SECRET_SETTINGS = ("api_secret", "payment_key", "merchant_key", "ledger_key")


async def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.part: finding async for finding in examine(settings)}


@asynccontextmanager
async def deployment(**changes: Any) -> AsyncIterator[Settings]:
    """Settings of a deployment in front of a sandbox, with the sandbox's keys unless `changes` has others."""
    world = World()
    async with listening(create_sandbox(world), lifespan="off") as url:
        yield settings_for(world, upstream_url=url, store_timeout_s=1, **changes)


async def test_deployment_that_works_has_no_failed_finding(valkey: Valkey) -> None:
    async with deployment(store_url=valkey.url, origins=("https://shop.example",)) as settings:
        by_part = await findings(settings)
    assert [finding for finding in by_part.values() if finding.level is Level.FAILED] == []
    assert "the API key is accepted" in by_part["Digital River"].state
    assert by_part["markets"].state == "en-US:USD, de-DE:EUR, en-GB:GBP, ja-JP:JPY"
    assert by_part["store"].state.startswith("Valkey ")
    assert by_part["store"].level is Level.OK


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("Digital River", {"api_secret": "another-secret"}),
        ("payment service", {"publishable_key": "pk_of_another_site"}),
        ("payment key", {"payment_key": "sk_of_another_site"}),
        ("merchant key", {"merchant_key": "another:merchant-secret"}),
        ("ledger", {"ledger_key": "another-key"}),
        ("markets", {"locales": (("en-US", "USD"), ("xx-XX", "CHF"))}),
        ("store", {"store_url": "redis://127.0.0.1:1/0"}),
        ("manifest", {"manifest": "no-such-file.json"}),
        ("shopper messages", {"shopper_messages": "tests/doctor/no-such-folder"}),
    ],
)
async def test_wrong_setting_fails_and_names_what_to_check(part: str, changes: dict[str, Any]) -> None:
    async with deployment(**changes) as settings:
        finding = (await findings(settings))[part]
    assert finding.level is Level.FAILED
    assert finding.advice


async def test_digital_river_that_is_not_reached_ends_its_examination() -> None:
    by_part = await findings(settings_for(World(), upstream_url="http://127.0.0.1:1"))
    assert by_part["Digital River"].level is Level.FAILED
    assert "catalog" not in by_part


async def test_store_that_evicts_fails(own_valkey: Valkey) -> None:
    redis = Redis.from_url(own_valkey.url)
    await redis.config_set("maxmemory-policy", "allkeys-lru")
    await redis.aclose()
    async with deployment(store_url=own_valkey.url) as settings:
        finding = (await findings(settings))["store"]
    assert (finding.level, finding.state) == (Level.FAILED, "maxmemory-policy allkeys-lru")


async def test_derived_sealing_key_is_a_warning(valkey: Valkey) -> None:
    async with deployment(store_url=valkey.url) as settings:
        assert (await findings(settings))["sealing keys"].level is Level.WARNING


async def test_manifest_that_does_not_fit_the_graph_fails(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    source = "query Wrong { noSuchField }"
    path.write_text(f'{{"{_sha256(source)}": "{source}"}}')
    async with deployment(manifest=str(path)) as settings:
        finding = (await findings(settings))["manifest"]
    assert (finding.level, finding.state) == (Level.FAILED, "operations that do not fit the graph: Wrong")


async def test_findings_contain_no_secret(valkey: Valkey) -> None:
    wrong = {name: f"canary-of-{name}:secret" for name in SECRET_SETTINGS}
    for changes in ({}, wrong):
        async with deployment(store_url=valkey.url, **changes) as settings:
            printed = "\n".join(str(finding) for finding in (await findings(settings)).values())
        for name in SECRET_SETTINGS:
            assert getattr(settings, name).get_secret_value() not in printed
        assert "canary" not in printed


@pytest.mark.slow
@pytest.mark.parametrize(("secret", "code"), [("riverdemo-secret", 0), ("another-secret", 1)])
async def test_exit_code_says_whether_orders_can_be_taken(secret: str, code: int) -> None:
    world = World()
    async with listening(create_sandbox(world), lifespan="off") as url:
        settings = {
            "DEVELOPMENT": "true",
            "UPSTREAM_URL": url,
            "API_KEY": world.keys.confidential_key,
            "API_SECRET": secret,
            "PUBLISHABLE_KEY": world.keys.public_key,
        }
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gateway",
            "doctor",
            cwd=ROOT,
            env=os.environ | {f"RIVERFRONT_{name}": value for name, value in settings.items()},
            stdout=asyncio.subprocess.PIPE,
        )
        printed, _ = await program.communicate()
    assert program.returncode == code
    assert "Digital River" in printed.decode()


def _sha256(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()
