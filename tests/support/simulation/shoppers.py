"""The shoppers of a simulation: their devices, and the requests that they send."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx

from tests.support.shop import ADDRESS, PACK, POLES, Answer, Storefront, create_source
from tests.support.simulation import documents
from tests.support.simulation.environment import Environment
from tests.support.simulation.promises import STATUS_OF, PromiseBroken, is_placed
from tests.support.simulation.replica import Replica
from tests.support.simulation.submit_request import ShownCart, SubmitRequest
from tests.support.simulation.upstream import CALL, Call, Point, Stop

PATIENCE = 12
"""Number of times that a client waits for `WAIT_S` before the simulation goes on without the answer."""

WAIT_S = 0.1

OUTCOME_LASTS = timedelta(hours=23)
"""Time within which a client can ask for the outcome of an ended session. The gateway promises a day."""

ENDED = {"SESSION_EXPIRED", "SESSION_REQUIRED"}


@dataclass(eq=False)
class Device:
    """A browser or an app, with at most one session."""

    cookie: str | None = None
    """Handle of the session. A device keeps the handle of an ended session, and sends it when it starts a new one."""
    is_live: bool = False
    """Whether the session has not ended, as far as the device knows."""
    session_id: str | None = None
    earlier_ids: list[str] = field(default_factory=list)
    """Sessions of the device that have ended."""
    is_registered: bool = False
    shown: ShownCart | None = None
    is_empty: bool = True
    is_ready: bool = False
    payment_session_id: str | None = None
    redirect_url: str | None = None

    def end_session(self) -> None:
        if self.session_id is not None:
            self.earlier_ids.append(self.session_id)
        self.session_id = self.shown = None
        self.is_live = self.is_registered = False


class Shoppers:
    """What the shoppers do. A request that cannot be answered now stays open, and the shopper goes on without it."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.promises = environment.promises
        self.devices: list[Device] = []
        self.requests: list[SubmitRequest] = []

    # Sending requests.

    async def _ask(
        self, device: Device, replica: Replica, call: Call, query: str, variables: Any
    ) -> tuple[Answer | None, bool]:
        """The answer to a request, and whether it is about the session that the device has by then. There is no answer
        if the client has left, or if the replica was killed."""
        CALL.set(call)
        cookie, storefront = device.cookie, Storefront(replica.http, cookie=device.cookie)
        ids = [*device.earlier_ids, *([device.session_id] if device.session_id else [])]
        asking = asyncio.ensure_future(storefront.ask(query, **variables))
        killed = asyncio.ensure_future(replica.switch.killed.wait())
        try:
            await asyncio.wait({asking, killed}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            asking.cancel()
            return None, False
        finally:
            killed.cancel()
        if not asking.done():
            return None, False
        answer = asking.result()
        if "INTERNAL_ERROR" in answer.codes:
            raise PromiseBroken(f"internal error: {answer.body}")
        if ENDED & {*answer.codes} and device.cookie == cookie:
            device.end_session()
        if storefront.cookie != cookie:
            # The session has begun, or has another handle. The next look at the cart shows which session it is.
            was_overwritten = device.cookie != cookie
            device.end_session()
            if was_overwritten:
                # A browser keeps the cookie of the latest answer. This one is late, so the handle of a newer session is
                # lost, and with it the access to its orders.
                device.earlier_ids = ids
            device.cookie, device.is_live = storefront.cookie, storefront.cookie is not None
        return answer, storefront.cookie == device.cookie

    def send(
        self,
        device: Device,
        replica: Replica,
        query: str,
        stops: dict[Point, Stop] | None = None,
        request: SubmitRequest | None = None,
        **variables: Any,
    ) -> dict[str, Any]:
        """Data of the answer, without the fields that failed. Empty if there is no answer yet."""
        call = Call(request, dict(stops or {}))

        async def answered() -> dict[str, Any]:
            answer, is_of_present_session = await self._ask(device, replica, call, query, variables)
            data = _resolved(answer) if answer is not None else {}
            self._note_outcomes(device, data, request)
            if is_of_present_session:
                self._note_session(device, (data.get("signIn") or data).get("session"))
            return data

        environment = self.environment
        task = environment.loop.create_task(answered())
        environment.open.append(task)
        for _ in range(PATIENCE):
            environment.settle()
            if task.done() or any(delivery.call is call for delivery in environment.upstream.waiting):
                break
            environment.advance(WAIT_S)
        self.collect()
        return task.result() if task.done() and not task.cancelled() else {}

    def collect(self) -> None:
        """Forget the requests that have ended. Raises their unexpected errors."""
        ended = [task for task in self.environment.open if task.done()]
        self.environment.open = [task for task in self.environment.open if not task.done()]
        for task in ended:
            if not task.cancelled():
                task.result()

    def _note_outcomes(self, device: Device, data: dict[str, Any], request: SubmitRequest | None) -> None:
        for payload in data.values():
            if not isinstance(payload, dict) or not (result := payload.get("result")):
                continue
            attempt = payload.get("attempt") or payload
            key = attempt.get("idempotencyKey")
            about = request if key is None else self.request_with(key)
            if about is None or about.is_forgotten:
                continue
            status = attempt.get("status")
            name = STATUS_OF.get(status, "") if status else result["__typename"]
            self.promises.reported(about, name, (result.get("order") or {}).get("number"))
            if url := (result.get("action") or {}).get("redirectUrl"):
                device.redirect_url = url

    def _note_session(self, device: Device, session: dict[str, str] | None) -> None:
        if session is not None and device.is_live:
            device.session_id, device.is_registered = session["id"], session["level"] == "REGISTERED"

    def request_with(self, key: str) -> SubmitRequest | None:
        return next((request for request in reversed(self.requests) if request.key == key), None)

    # Carts.

    def look(self, device: Device, replica: Replica) -> bool:
        """Show the cart on the device. Return whether the cart was read."""
        data = self.send(device, replica, documents.LOOK)
        cart, session = data.get("cart"), data.get("session")
        if not cart or not session:
            return False
        device.is_empty = cart["totalQuantity"] == 0
        device.is_ready = cart["readiness"] is not None and cart["readiness"]["status"] == "READY"
        device.payment_session_id = (cart["paymentSession"] or {}).get("sessionId")
        if cart["totals"] is None:
            return False
        device.shown = ShownCart(cart["totals"]["orderTotal"], cart["revision"])
        return True

    def get_ready(self, device: Device, replica: Replica, **source: Any) -> bool:
        """Fill the cart until it can be submitted, and show it. Return whether the device shows the cart as it is.

        `source`: what the sandbox needs for a source that is no card. It is attached even if the cart has a source.
        """
        if not device.is_live:
            self.send(device, replica, documents.EDIT, id=PACK)
        if not self.look(device, replica):
            return False
        if device.is_ready and not source:
            return True
        if device.is_empty:
            self.send(device, replica, documents.EDIT, id=PACK)
        self.send(device, replica, documents.DETAILS, a=ADDRESS)
        if device.payment_session_id is None and not self.look(device, replica):
            return False
        environment, session_id = self.environment, device.payment_session_id
        assert session_id is not None
        if environment.world.cart_of_session(session_id) is None:
            return False  # Another device has bought the cart that this device shows.
        source_id = environment.run(create_source(environment.sandbox, environment.world, session_id, **source))
        self.send(device, replica, documents.ATTACH, id=source_id)
        return self.look(device, replica)

    def edit(self, device: Device, replica: Replica, stops: dict[Point, Stop], *, is_long: bool) -> None:
        """Add a product. `is_long`: in a document with the deadline of a submission."""
        document = documents.EDIT_AND_RESUME if is_long else documents.EDIT
        revision = device.shown.revision if device.shown and Point.READ in stops else None
        self.send(device, replica, document, stops, id=POLES, revision=revision)

    # Sessions.

    def sign_in(self, device: Device, replica: Replica, stops: dict[Point, Stop]) -> None:
        """Sign in to the account of the simulation."""
        keys = self.environment.world.keys
        username, password = keys.shopper_username, keys.shopper_password
        self.send(device, replica, documents.SIGN_IN, stops, username=username, password=password)

    def sign_out(self, device: Device, replica: Replica) -> None:
        """End the session. The device has no access to the submissions of this session and earlier ones any more."""
        if "signOut" in self.send(device, replica, documents.SIGN_OUT):
            device.earlier_ids = []

    # Orders.

    def submit(
        self, device: Device, replica: Replica, stops: dict[Point, Stop], *, has_revision: bool
    ) -> SubmitRequest | None:
        if device.shown is None or device.session_id is None:
            return None
        now = self.environment.clock()
        request = SubmitRequest(device.shown, has_revision, device.session_id, device.is_registered, now)
        self.requests.append(request)
        self.repeat(request, device, replica, stops)
        return request

    def repeat(self, request: SubmitRequest, device: Device, replica: Replica, stops: dict[Point, Stop]) -> None:
        if request.is_forgotten:
            # For a store that has lost the records, this is the first request with its key.
            request = replace(request, denied_as=None, is_forgotten=False, began_at=self.environment.clock())
            self.requests.append(request)
        if device.session_id is not None and not self.promises.was_sent(request):
            # The session that sends the cart owns the submission.
            request.session_id, request.is_registered = device.session_id, device.is_registered
        self.send(device, replica, documents.SUBMIT_ORDER, stops, request, **request.variables)

    def may_ask(self, device: Device, request: SubmitRequest) -> bool:
        """Whether the request belongs to the session of the device, to an ended session of it, or to its account."""
        is_young = self.environment.clock() - request.began_at < OUTCOME_LASTS
        is_own = request.session_id in (device.session_id, *device.earlier_ids)
        return device.is_live and is_young and (is_own or (device.is_registered and request.is_registered))

    def ask_outcome(self, request: SubmitRequest, device: Device, replica: Replica) -> str | None:
        """Status of a submit request; None if there is no answer. Checks that its owner finds a request that was
        sent."""
        data = self.send(device, replica, documents.OUTCOME, key=request.key)
        if "orderSubmission" not in data or not device.is_live:
            return None
        submission = data["orderSubmission"]
        if submission is None:
            if self.promises.was_sent(request) and not request.is_forgotten and self.may_ask(device, request):
                self.promises.broken.append("the owner of a submission that was sent does not find it")
            return None
        status: str = submission["status"]
        return status

    def resume(self, device: Device, replica: Replica, stops: dict[Point, Stop], *, key: str | None = None) -> None:
        self.send(device, replica, documents.RESUME_ORDER, stops, key=key)

    def give_up(self, device: Device, replica: Replica, stops: dict[Point, Stop]) -> None:
        self.send(device, replica, documents.GIVE_UP, stops)

    def decide(self, device: Device, decision: str) -> None:
        """Decide on the page of the payment provider."""
        if device.redirect_url is not None:
            path = httpx.URL(device.redirect_url).raw_path.decode()
            self.environment.run(self.environment.sandbox.post(path, data={"decision": decision}))

    def forget_requests(self) -> None:
        """Note that the store has lost records."""
        for request in self.requests:
            request.is_forgotten = True

    def waits_for_approval(self, request: SubmitRequest) -> bool:
        order = self.promises.order_of(request)
        return order is not None and order.state == "Source Pending Redirect"

    def has_order(self, request: SubmitRequest) -> bool:
        order = self.promises.order_of(request)
        return order is not None and is_placed(order)


def _resolved(answer: Answer) -> dict[str, Any]:
    """The root fields that were resolved. A field that failed is null, which does not mean that there is nothing."""
    failed = {error["path"][0] for error in answer.body.get("errors", []) if error.get("path")}
    return {name: value for name, value in (answer.body.get("data") or {}).items() if name not in failed}
