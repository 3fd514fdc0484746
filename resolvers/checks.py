"""Checks of the values in an input, which need no call to Digital River.

A check returns the fault of a value at a path, or None. It gets no value that is absent or malformed.
"""

import re
from collections.abc import Callable
from typing import Any

from gateway.countries.countries import all_country_codes
from gateway.documents.malformed_values import Malformed
from gateway.enums import ErrorCode
from gateway.refusals.user_errors import (
    AnyUserError,
    AvailabilityError,
    DestinationError,
    InputError,
    Path,
    invalid,
    not_found,
)
from gateway.upstream.ids import PATTERN, upstream_id

Check = Callable[[Any, Path], AnyUserError | None]

FOUR_DIGITS = re.compile(r"[0-9]{4}")

NO_LINE = "The cart has no line with this id. Read `cart.lines`."
NO_OFFER = "There is no offer with this id. Read `offers` or `cart.appliedOffers`."
NO_PRODUCT = "There is no product with this id. Read `products`, or send the id of Digital River as `upstreamId`."


def blank(path: Path) -> InputError:
    name = path[-1]
    return InputError(code=ErrorCode.MISSING_INPUT, message=f"`{name}` is blank. Send a value.", path=path)


def not_in_format(path: Path, value: Malformed) -> InputError:
    name, problem = path[-1], value.problem
    return invalid(path, f"`{name}` is malformed. {problem}")


def at_most_characters(limit: int) -> Check:
    def check(value: str, path: Path) -> AnyUserError | None:
        name = path[-1]
        return invalid(path, f"`{name}` may have at most {limit} characters.") if len(value) > limit else None

    return check


def items(most: int) -> Check:
    """The list has 1 to `most` items."""

    def check(value: list[object], path: Path) -> AnyUserError | None:
        name = path[-1]
        return None if 1 <= len(value) <= most else invalid(path, f"`{name}` must have 1 to {most} items.")

    return check


def units(least: int) -> Check:
    """The quantity of a cart line is at least `least`."""

    def check(value: int, path: Path) -> AnyUserError | None:
        if value >= least:
            return None
        message = f"`quantity` must be {least} or more."
        return AvailabilityError(code=ErrorCode.QUANTITY_OUT_OF_RANGE, message=message, path=path, minimum_quantity=1)

    return check


def is_positive(value: int, path: Path) -> AnyUserError | None:
    name = path[-1]
    return invalid(path, f"`{name}` must be 1 or more.") if value < 1 else None


def is_true(value: bool, path: Path) -> AnyUserError | None:
    return None if value else invalid(path, "`all` must be true.")


def is_named(value: str, path: Path) -> AnyUserError | None:
    if value:
        return None
    name = path[-1]
    return invalid(path, f"`{name}` must not be empty. Leave the field out to keep the current name.")


def is_line_id(value: str, path: Path) -> AnyUserError | None:
    return not_found(path, NO_LINE) if upstream_id("CartLine", value) is None else None


def is_offer_id(value: str, path: Path) -> AnyUserError | None:
    return not_found(path, NO_OFFER) if upstream_id("Offer", value) is None else None


def is_country(value: str, path: Path) -> AnyUserError | None:
    if value in all_country_codes():
        return None
    return invalid(path, "`countryCode` must be an ISO 3166-1 alpha-2 country code.")


def is_order_number(value: str, path: Path) -> AnyUserError | None:
    return None if PATTERN.fullmatch(value) else invalid(path, "`number` must be an order number.")


def is_four_digits(value: str, path: Path) -> AnyUserError | None:
    return None if FOUR_DIGITS.fullmatch(value) else invalid(path, "`lastFourDigits` must be four digits.")


def no_product(path: Path) -> AnyUserError:
    return not_found(path, NO_PRODUCT)


def no_address(path: Path) -> AnyUserError:
    return InputError(code=ErrorCode.MISSING_INPUT, message="Set `billing`, `shipping` or both.", path=path)


def copies_itself(path: Path) -> AnyUserError:
    return invalid(path, "`sameAs` must name the other address of the cart.")


def not_served(country: str | None, path: Path) -> AnyUserError:
    message = f"The site does not serve {country}. Choose one of the countries in `storefront`."
    return DestinationError(code=ErrorCode.COUNTRY_NOT_SERVED, message=message, path=path)


def bad_postal_code(country: str, path: Path) -> AnyUserError:
    """Fault of a postal code that Digital River would refuse. It does not check those of other countries."""
    message = f"`postalCode` is malformed for {country}. Ask the shopper to correct it."
    return DestinationError(code=ErrorCode.ADDRESS_INVALID, message=message, path=path)
