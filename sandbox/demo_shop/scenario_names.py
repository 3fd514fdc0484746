"""Names of the test cards and test scenarios, and sentences about what happens in each, for people who try them out."""

from typing import NamedTuple

from sandbox.demo_shop.card_numbers import brand
from sandbox.demo_shop.decline_reasons import DECLINES
from sandbox.demo_shop.payment_methods import METHODS, Method, Workflow
from sandbox.demo_shop.test_scenarios import DECLINE_PREFIX, SCENARIOS_BY_NAME, Charge, Scenario, scenario_of
from sandbox.wire.values import Json

EXPIRATION = (10, 2035)

LAST_NAME = "Lovelace"
"""A last name that is not a test value."""


class TestCard(NamedTuple):
    name: str
    number: str

    @property
    def cvv(self) -> str:
        return cvv_of(self.number)

    @property
    def scenario(self) -> Scenario:
        return scenario_of("creditCard", LAST_NAME, self.number)

    def wire(self) -> Json:
        month, year = EXPIRATION
        return {
            "scenario": self.name,
            "brand": brand(self.number),
            "number": self.number,
            "expirationMonth": month,
            "expirationYear": year,
            "cvv": self.cvv,
            "happens": happens(METHODS["creditCard"], self.scenario),
        }


def cvv_of(number: str) -> str:
    """A security code of the right length for the card."""
    return "1234" if brand(number) == "American Express" else "123"


TEST_CARDS = [
    TestCard("creditCard", "4444222233331111"),
    TestCard("creditCard-mastercard", "5466160000000008"),
    TestCard("creditCard-amex", "343456789012341"),
    TestCard("creditCard-diners", "30345678901235"),
    TestCard("creditCard-discover", "6011987698769876"),
    TestCard("creditCard-jcb", "3528987698769879"),
    TestCard("creditCard-unionpay", "6226220000000009"),
    TestCard("creditCard-challenge", "5454545454545454"),
    TestCard("creditCard-challenge-visa", "4917610000000000"),
    TestCard("creditCard-source-fails", "4000000000003295"),
    TestCard("creditCard-charge-fails", "4000000000003600"),
]
"""Digital River's test cards, each with the name of its test scenario."""


class NamedScenario(NamedTuple):
    """A test scenario for one payment method."""

    name: str
    method: Method
    last_name: str = LAST_NAME
    number: str | None = None

    @property
    def scenario(self) -> Scenario:
        return scenario_of(self.method.type, self.last_name, self.number)

    def wire(self) -> Json:
        wire = {
            "scenario": self.name,
            "type": self.method.type,
            "displayName": self.method.name,
            "happens": happens(self.method, self.scenario),
        }
        if self.number is not None:
            wire["number"] = self.number
        if self.last_name != LAST_NAME:
            wire["lastName"] = self.last_name
        return wire


def _named_scenarios() -> list[NamedScenario]:
    card = METHODS["creditCard"]
    named = [NamedScenario(test_card.name, card, number=test_card.number) for test_card in TEST_CARDS]
    number = TEST_CARDS[0].number
    named += [NamedScenario(f"creditCard-{reason}", card, f"{DECLINE_PREFIX}{reason}", number) for reason in DECLINES]
    for method in METHODS.values():
        if method is card:
            continue
        named.append(NamedScenario(method.type, method))
        last_names = SCENARIOS_BY_NAME.get(method.type, {})
        named += [NamedScenario(f"{method.type}-{last_name}", method, last_name) for last_name in last_names]
    return named


# What happens in a scenario.

_BY_WORKFLOW: dict[Workflow, str] = {
    "standard": "The source can be charged at once.",
    "redirect-then-submit": "The shopper approves on the provider's page, and then the order is submitted.",
    "submit-then-redirect": "The order is submitted, and then the shopper approves on the provider's page.",
    "delayed": "The order waits until the money arrives, at most 30 days.",
}

_BY_CHARGE: dict[Charge, str] = {
    "succeeds": "The charge succeeds.",
    "fails": "The charge fails.",
    "settles": "The charge is pending for three days, and then succeeds.",
    "fails-later": "The charge is pending for three days, and then fails.",
    "stays-pending": "The charge stays pending.",
}


def happens(method: Method, scenario: Scenario) -> str:
    """Sentences about what happens to a payment with this method in this scenario."""
    if not scenario.is_created:
        return "The new source is in the state failed, and cannot be used."
    if not scenario.is_approved:
        return "The source fails although the shopper approves on the provider's page."
    if scenario.decline is not None:
        return _declined(scenario)
    if method.workflow == "delayed" and scenario.charge == "fails-later":
        return "The order waits until the money arrives, and then the charge fails."
    challenge = "The bank challenges the shopper, whose password is “password”. "
    return (challenge if scenario.challenged == "creation" else f"{_BY_WORKFLOW[method.workflow]} ") + _BY_CHARGE[
        scenario.charge
    ]


def _declined(scenario: Scenario) -> str:
    assert scenario.decline is not None  # noqa: S101 - the caller checks it
    reason = scenario.decline.subcode.replace("_", " ")
    if scenario.challenged == "charge":
        return f"The charge is declined: {reason}. It succeeds once the shopper has passed the bank's challenge."
    retry = "cannot be charged again" if scenario.decline.customer == "Hard" else "can be charged again"
    return f"The charge is declined: {reason}. The source {retry}."


NAMED_SCENARIOS = {named.name: named for named in _named_scenarios()}
"""The test scenarios by name. The name of a payment method's type is its scenario in which each step succeeds."""
