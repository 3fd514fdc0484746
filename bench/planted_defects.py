"""Defects that the random histories must find, as changes of the code."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from examples.run import ROOT

LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "node_modules")


@dataclass(frozen=True)
class Change:
    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Defect:
    name: str
    changes: tuple[Change, ...]
    stores: tuple[str, ...] = ("memory", "valkey")
    """The stores with which the defect can do harm."""


DEFECTS = (
    Defect(
        "absence believed at once",
        (
            Change(
                "gateway/submission/evidence.py",
                "await attempt.ctx.services.now.has_passed(quiet, since=quiet_from)",
                "quiet > timedelta(0)",
            ),
        ),
    ),
    # A store in memory never takes a lock away from its holder.
    Defect(
        "no fencing",
        (
            Change(
                "gateway/upstream/retrying_calls.py",
                "for lease in self.leases:\n            try:",
                "for lease in ():\n            try:",
            ),
            Change(
                "gateway/upstream/retrying_calls.py",
                "return all(lease.is_held(for_s=LEASE_MARGIN_S) for lease in self.leases)",
                "return True",
            ),
        ),
        stores=("valkey",),
    ),
    Defect(
        "sign-in without lock",
        (
            Change(
                "resolvers/sign_in.py",
                "async with cart_edits.locked_owner(ctx, account.upstream_id, ACCOUNT_LOCKED):",
                "async with contextlib.nullcontext():",
            ),
        ),
    ),
    # One process has only one clock.
    Defect(
        "replica clock",
        (
            Change("gateway/store/clock.py", "return self._local() + self._ahead", "return self._local()"),
            Change(
                "gateway/store/clock.py",
                "        now, jump = await self.read()\n        return now",
                "        _, jump = await self.read()\n        return self._local()",
            ),
        ),
        stores=("valkey",),
    ),
    Defect(
        "no re-read of the cart",
        (
            Change(
                "gateway/submission/sending.py",
                """    async with ctx.services.cart_change_lock.hold(session.cart_owner, ctx.operation.deadline_at):
        # If the store has lost the lock of a change that is on its way, it shows the loss from now on.
        await store_loss.refuse_submission(ctx, session)
        await ctx.reload_session(session)
        guard_input = await _read(attempt, request.agreement)
""",
                """    guard_input = await _read(attempt, request.agreement)
    async with ctx.services.cart_change_lock.hold(session.cart_owner, ctx.operation.deadline_at):
        pass
""",
            ),
        ),
    ),
    Defect(
        "refusal believed",
        (
            Change(
                "gateway/submission/sending.py",
                "is_submitted = await was_submitted(attempt)",
                "is_submitted = False",
            ),
        ),
    ),
    Defect(
        "resend after a lost answer",
        (
            Change(
                "gateway/upstream/endpoints/orders.py",
                '"POST", f"{CART}/submit-cart", token=token, params=params, json=body, repeat=Repeat.NEVER',
                '"POST", f"{CART}/submit-cart", token=token, params=params, json=body, repeat=Repeat.READ',
            ),
        ),
    ),
)


def planted(defect: Defect, folder: Path) -> None:
    """Copy the code to the folder, and plant the defect. Raises `LookupError` if the code is no longer as expected."""
    changed_copy(defect.changes, folder)


def changed_copy(changes: Iterable[Change], folder: Path) -> None:
    for name in ("gateway", "resolvers", "schema", "sandbox", "tests", "bench", "examples", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
    for change in changes:
        file = folder / change.file
        code = file.read_text()
        if code.count(change.old) != 1:
            raise LookupError(f"{change.file} does not contain once: {change.old}")
        file.write_text(code.replace(change.old, change.new))
