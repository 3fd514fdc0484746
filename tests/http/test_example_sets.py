"""Every set of example operations plays to its end, with the variables that its earlier answers give.

GraphiQL leads through the same sets; `test_browser.py` plays them there.
"""

from typing import Any

import httpx
import pytest

from examples.values import Answers
from gateway.http.graphiql.page import example_sets
from tests.submission.test_authentication import answer_challenge, authenticate
from tests.support.shop import Shopper, documents

SETS = example_sets()

GOOD_RESULTS = {None, "OrderPlaced", "OrderActionRequired", "OrderAwaitingPayment", "OrderDeclined"}


class Player:
    """Plays the steps of a set, and does what must happen outside the graph before them."""

    def __init__(self, shopper: Shopper) -> None:
        self.shopper = shopper
        self.answers = Answers()

    async def prepare(self, need: dict[str, Any]) -> None:
        if "source" in need:
            form = need["source"] | {"sessionId": self.answers.value_at("paymentSession.sessionId")}
            self.answers.add({"source": await self._control("/_sandbox/sources", form)})
        elif "control" in need:
            body = self.answers.fill(need["body"]) if "body" in need else None
            self.answers.add({need["answer"]: await self._control(need["control"], body)})
        elif "open" in need:
            await self.shopper.decide(self.answers.value_at(need["open"]))
        else:
            action = self.answers.value_at(need["authenticate"])
            await answer_challenge(self.shopper, await authenticate(self.shopper, action), password="password")

    async def _control(self, path: str, body: Any) -> Any:
        sandbox = self.shopper.sandbox
        answer: httpx.Response = await (sandbox.get(path) if body is None else sandbox.post(path, json=body))
        assert answer.is_success, answer.text
        return answer.json() if answer.content else {}

    async def play(self, step: dict[str, Any]) -> dict[str, Any]:
        variables = self.answers.fill(step["variables"])
        answer = await self.shopper.storefront.ask(documents()[step["operation"]], **variables)
        self.answers.add(answer.data)
        return answer.data


@pytest.mark.parametrize("shown", SETS, ids=[shown["name"] for shown in SETS])
async def test_set_of_examples_plays_to_its_end_unedited(shopper: Shopper, shown: dict[str, Any]) -> None:
    player = Player(shopper)
    for step in shown["steps"]:
        for need in step.get("before", ()):
            await player.prepare(need)
        data = await player.play(step)
        for payload in data.values():
            assert payload, step["title"]
            assert payload.get("errors", []) == [], step["title"]
            assert (payload.get("result") or {}).get("__typename") in GOOD_RESULTS, step["title"]


def test_steps_of_a_set_differ_in_their_titles() -> None:
    for shown in SETS:
        titles = [step["title"] for step in shown["steps"]]
        assert len(set(titles)) == len(titles), shown["title"]
    assert len({shown["name"] for shown in SETS}) == len(SETS)
