"""The refusal of a merchant assertion."""


class AssertionRefused(Exception):
    """Raised when an assertion is rejected. The logged reason contains no value of a claim."""
