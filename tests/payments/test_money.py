"""Amounts have the decimal places of their currency in ISO 4217."""

from decimal import Decimal

import pytest

from gateway.amounts.money import Money, displayable_text, formatted, has_digits_of_its_currency

ISO_4217 = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: "AED AFN ALL AUD BRL CAD CHF COP CZK DKK EUR GBP HKD HUF IDR INR IRR KPW LAK LBP MGA MMK MXN NOK PKR PLN RSD "
    "SEK SGD SOS SYP THB TRY TWD USD YER ZAR",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
DIGITS = [(code, digits) for digits, codes in ISO_4217.items() for code in codes.split()]


@pytest.mark.parametrize(("currency", "digits"), DIGITS, ids=[code for code, _ in DIGITS])
def test_amount_has_the_decimal_places_of_its_currency(currency: str, digits: int) -> None:
    smallest = Decimal(1).scaleb(-digits)
    assert Money(Decimal(9), currency).padded_amount.as_tuple().exponent == -digits
    assert has_digits_of_its_currency(Money(smallest, currency))
    assert not has_digits_of_its_currency(Money(smallest / 10, currency))


@pytest.mark.parametrize("sign", [1, -1])
def test_number_with_more_than_eighteen_digits_is_no_amount(sign: int) -> None:
    assert Money(Decimal(1).scaleb(18 * sign), "USD").amount
    with pytest.raises(ValueError, match="not an amount"):
        Money(Decimal(1).scaleb(19 * sign), "USD")


def test_text_without_a_currency_code_at_its_end_is_displayed() -> None:
    assert displayable_text(Money(Decimal(9), "USD", "9 dollars")) == "9 dollars"
    assert displayable_text(Money(Decimal(9), "USD", "9.00USD ")) is None


@pytest.mark.parametrize(
    ("amount", "padded"),
    [
        ("1E+3", "1000.00"),
        ("-0", "-0.00"),
        ("9.900", "9.900"),
        ("123456789012345678.123456789012345678", "123456789012345678.123456789012345678"),
    ],
)
def test_padded_amount_has_all_digits(amount: str, padded: str) -> None:
    assert str(Money(Decimal(amount), "USD").padded_amount) == padded


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        ("9.125", "IQD", "en-US", "IQD9.125"),
        ("9.999", "USD", "en-US", "$10.00"),
        ("9.5", "EUR", "de-DE", "9,50\u00a0€"),
        ("9", "JPY", "ja-JP", "￥9"),
        ("9.5", "USD", "xx-YY", "$9.50"),
    ],
)
def test_amount_without_text_is_formatted_for_the_locale(amount: str, currency: str, locale: str, text: str) -> None:
    assert formatted(Money(Decimal(amount), currency), locale) == text
