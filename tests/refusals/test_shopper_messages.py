"""Shoppers read what they can do, in their language and in the merchant's words."""

from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from gateway.shopper_messages.catalogue import OWN, ShopperMessages, ShopperMessagesInvalid
from gateway.shopper_messages.message import ShopperMessage
from sandbox.model.world import World
from tests.support.shop import (
    GRAPHITE,
    PACK,
    VISA,
    Clock,
    InMemoryTransport,
    Shopper,
    Storefront,
    gateway,
    new_key,
)

START = "mutation($locale: Locale) { startSession(input: {locale: $locale}) { errors { code } } }"

COUPON = """mutation($code: String!) { applyOffer(input: {offer: {couponCode: $code}}) {
  errors { code shopperMessage } } }"""

READINESS = "{ checkoutReadiness { blockers { code shopperMessage } } }"

NO_COUPON = {
    "en-US": "This code is not valid. Please check it or try another one.",
    "de-DE": "Dieser Code ist nicht gültig. Bitte prüfen Sie ihn oder versuchen Sie es mit einem anderen.",
    "ja-JP": "このコードは無効です。コードをご確認いただくか、別のコードをお試しください。",
}


async def started(storefront: Storefront, locale: str) -> Storefront:
    assert (await storefront.ask(START, locale=locale)).data["startSession"]["errors"] == []
    return storefront


async def refused_coupon(storefront: Storefront) -> Any:
    (error,) = (await storefront.ask(COUPON, code="NONE-SUCH")).data["applyOffer"]["errors"]
    return error["shopperMessage"]


async def blockers(storefront: Storefront) -> dict[str, str]:
    readiness = (await storefront.ask(READINESS)).data["checkoutReadiness"]
    return {blocker["code"]: blocker["shopperMessage"] for blocker in readiness["blockers"]}


@pytest.mark.parametrize("locale", list(NO_COUPON))
async def test_error_has_a_message_in_the_shoppers_language(storefront: Storefront, locale: str) -> None:
    await started(storefront, locale)
    await storefront.add(PACK)
    assert await refused_coupon(storefront) == NO_COUPON[locale]


async def test_british_shoppers_read_of_baskets_and_deliveries(storefront: Storefront) -> None:
    await started(storefront, "en-GB")
    await storefront.add(PACK)
    messages = await blockers(storefront)
    assert messages["ADDRESS_MISSING"] == "Please enter your delivery address."
    assert messages["PAYMENT_SESSION_NOT_READY"] == "Please choose a payment method."


async def test_error_that_the_shopper_cannot_resolve_has_no_message(shopper: Shopper) -> None:
    key = new_key()
    await shopper.storefront.add(PACK, key=key)
    query = """mutation($key: UUID!, $id: String!) { addCartLines(input: {idempotencyKey: $key, lines: [
      {product: {upstreamId: $id}, quantity: 3}]}) { errors { code shopperMessage } } }"""
    answer = await shopper.storefront.ask(query, key=key, id=PACK)
    assert answer.data["addCartLines"]["errors"] == [{"code": "IDEMPOTENCY_KEY_REUSED", "shopperMessage": None}]


async def test_message_names_the_product_and_its_quantity(shopper: Shopper) -> None:
    storefront = await started(shopper.storefront, "ja-JP")
    await storefront.add(GRAPHITE, 2)
    cart = next(shopper.cart for shopper in shopper.world.shoppers if shopper.cart is not None)
    cart.lines[0].quantity = 50_000
    await storefront.give_details()
    messages = await blockers(storefront)
    assert messages["INSUFFICIENT_STOCK"] == (
        "「Cascade GPS Watch - Graphite」の在庫は残り7点です。数量を減らしてください。"
    )


async def test_changed_total_in_a_message_has_the_locales_format(shopper: Shopper) -> None:
    await started(shopper.storefront, "de-DE")
    await shopper.fill_cart()
    query = """mutation($key: UUID!, $total: MoneyInput!) { submitOrder(input: {idempotencyKey: $key,
      expectedTotal: $total}) { result { shopperMessage ... on OrderBlocked { blockers { code shopperMessage
      ... on PurchaseChangedBlocker { actualTotal { formatted } } } } } } }"""
    total = {"amount": "1.00", "currencyCode": "EUR"}
    result = (await shopper.storefront.ask(query, key=new_key(), total=total)).data["submitOrder"]["result"]
    changed = next(blocker for blocker in result["blockers"] if blocker["code"] == "TOTAL_CHANGED")
    shown = changed["actualTotal"]["formatted"]
    assert "€" in shown
    assert changed["shopperMessage"] == (
        f"Der Gesamtbetrag Ihrer Bestellung ist jetzt {shown}. Bitte prüfen Sie Ihre Bestellung, bevor Sie kaufen."
    )
    assert result["shopperMessage"].startswith("Ihre Bestellung wurde noch nicht aufgegeben.")


async def test_outcome_is_read_again_in_the_language_of_that_moment(shopper: Shopper) -> None:
    await shopper.fill_cart()
    await shopper.pay_with(owner__lastName="Decline:insufficient_funds")
    key = new_key()
    assert (await shopper.storefront.outcome(key))["decline"]["shopperMessage"] == (
        "The payment was declined. Please pay another way."
    )
    change = 'mutation { updateSession(input: {locale: "de-DE", currencyCode: "USD"}) { errors { message } } }'
    assert (await shopper.storefront.ask(change)).data["updateSession"]["errors"] == []
    query = """query($key: UUID!) { orderSubmission(idempotencyKey: $key) { result { shopperMessage
      ... on OrderDeclined { decline { shopperMessage } } } } }"""
    result = (await shopper.storefront.ask(query, key=key)).data["orderSubmission"]["result"]
    german = "Die Zahlung wurde abgelehnt. Bitte wählen Sie eine andere Zahlungsart."
    assert result == {"shopperMessage": german, "decline": {"shopperMessage": german}}


async def test_unselected_errors_and_warnings_have_their_message_outside(shopper: Shopper) -> None:
    storefront = await started(shopper.storefront, "de-DE")
    await storefront.add(PACK)
    answer = await storefront.ask('mutation { applyOffer(input: {offer: {couponCode: "NONE"}}) { cart { id } } }')
    assert answer.body["errors"][0]["extensions"]["shopperMessage"] == NO_COUPON["de-DE"]
    answer = await storefront.ask(
        'mutation { applyOffer(input: {offer: {couponCode: "SUMMIT50"}}) { errors { code } } }'
    )
    (warning,) = answer.body["extensions"]["riverfront"]["warnings"]
    assert warning["shopperMessage"].startswith("Ihr Code ist gespeichert.")


async def test_refused_card_number_is_explained_in_the_shoppers_language(shopper: Shopper) -> None:
    storefront = await started(shopper.storefront, "de-DE")
    (error,) = (await storefront.ask(COUPON, code=VISA)).data["applyOffer"]["errors"]
    assert error["shopperMessage"].startswith("Bitte geben Sie hier keine Kartennummer ein.")


async def test_client_without_a_session_reads_the_sites_language(storefront: Storefront) -> None:
    query = """mutation { signIn(input: {credentials: {password: {username: "a@example.com", password: "wrong"}}}) {
      errors { shopperMessage } } }"""
    assert (await storefront.ask(query)).data["signIn"]["errors"] == [
        {"shopperMessage": "We could not sign you in. Please check your email address and password."}
    ]


# The merchant's own messages.

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'


def catalogue(**messages: str) -> str:
    entries = (f'msgid "{key.replace("__", ".")}"\nmsgstr "{message}"\n' for key, message in messages.items())
    return "\n".join([HEADER, *entries])


async def test_merchant_replaces_a_message_and_keeps_the_others(
    world: World, network: InMemoryTransport, clock: Clock, tmp_path: Path
) -> None:
    other = "Dieses Angebot ist nicht mehr verfügbar."  # Tests accept only messages of the page.
    (tmp_path / "de.po").write_text(catalogue(ErrorCode__COUPON_INVALID=other))
    async with gateway(world, network, clock, shopper_messages=str(tmp_path)) as storefront:
        await started(storefront, "de-DE")
        await storefront.add(PACK)
        assert await refused_coupon(storefront) == other
        assert (await blockers(storefront))["ADDRESS_MISSING"] == "Bitte geben Sie Ihre Lieferadresse ein."


def test_locale_falls_back_to_its_language_and_to_english(tmp_path: Path) -> None:
    (tmp_path / "de.po").write_text(catalogue(CheckoutBlockerCode__CART_EMPTY="Noch nichts drin."))
    (tmp_path / "de_AT.po").write_text(catalogue(ErrorCode__SIGN_IN_REQUIRED="Bitte anmelden, bitte."))
    (tmp_path / "fr.po").write_text(catalogue(CheckoutBlockerCode__CART_EMPTY="Votre panier est vide."))
    messages = ShopperMessages(str(tmp_path))
    cart_empty, sign_in = ShopperMessage("CheckoutBlockerCode.CART_EMPTY"), ShopperMessage("ErrorCode.SIGN_IN_REQUIRED")
    shown = {
        locale: (messages.in_locale(cart_empty, locale), messages.in_locale(sign_in, locale))
        for locale in ("de-AT", "de-CH", "fr-CA", "en-GB", "sv-SE")
    }
    assert shown == {
        "de-AT": ("Noch nichts drin.", "Bitte anmelden, bitte."),
        "de-CH": ("Noch nichts drin.", "Bitte melden Sie sich an, um fortzufahren."),
        "fr-CA": ("Votre panier est vide.", "Please sign in to continue."),
        "en-GB": ("Your basket is empty.", "Please sign in to continue."),
        "sv-SE": ("Your cart is empty.", "Please sign in to continue."),
    }


def test_english_messages_of_the_merchant_apply_to_every_english_locale(tmp_path: Path) -> None:
    (tmp_path / "en.po").write_text(catalogue(CheckoutBlockerCode__CART_EMPTY="Nothing here yet."))
    messages = ShopperMessages(str(tmp_path))
    for locale in ("en-US", "en-GB", "sv-SE"):
        assert messages.in_locale(ShopperMessage("CheckoutBlockerCode.CART_EMPTY"), locale) == "Nothing here yet."


def test_compiled_catalogue_is_read(tmp_path: Path) -> None:
    with (OWN / "ja.po").open("rb") as source, (tmp_path / "ko.mo").open("wb") as compiled:
        write_mo(compiled, read_po(source))
    message = ShopperMessage("ErrorCode.SIGN_IN_REQUIRED")
    assert ShopperMessages(str(tmp_path)).in_locale(message, "ko-KR") == ShopperMessages("").in_locale(message, "ja-JP")


def test_catalogue_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "en.po").write_text("\ufeff" + catalogue(ErrorCode__SIGN_IN_REQUIRED="Who are you?"))
    shown = ShopperMessages(str(tmp_path)).in_locale(ShopperMessage("ErrorCode.SIGN_IN_REQUIRED"), "en-US")
    assert shown == "Who are you?"


def test_fuzzy_message_of_the_merchant_is_left_out(tmp_path: Path) -> None:
    fuzzy = catalogue(ErrorCode__SIGN_IN_REQUIRED="Draft").replace('msgid "Err', '#, fuzzy\nmsgid "Err')
    (tmp_path / "en.po").write_text(fuzzy)
    shown = ShopperMessages(str(tmp_path)).in_locale(ShopperMessage("ErrorCode.SIGN_IN_REQUIRED"), "en-US")
    assert shown == "Please sign in to continue."


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("de.po", catalogue(ErrorCode__COUPON_INVALDI="x"), "Did you mean ErrorCode.COUPON_INVALID?"),
        ("de.po", catalogue(ErrorCode__COUPON_INVALID="{code}"), "has no value {code}. Allowed: none."),
        (
            "de.po",
            catalogue(CheckoutBlockerCode__INSUFFICIENT_STOCK__limited="{product.__class__}"),
            "Allowed: {available}, {product}.",
        ),
        ("de.po", catalogue(ErrorCode__COUPON_INVALID="50 % {"), "has a brace that belongs to no value"),
        ("de.po", "msgid without quotes", "this is no gettext catalogue"),
        ("de.mo", "no compiled catalogue", "this is no gettext catalogue"),
        (
            "de.po",
            HEADER + '\nmsgid "ErrorCode.COUPON_INVALID"\nmsgid_plural "x"\nmsgstr[0] "a"\nmsgstr[1] "b"\n',
            "ErrorCode.COUPON_INVALID has plural forms; give it one `msgstr`",
        ),
        ("german.po", HEADER, "the name must be a locale"),
        ("de.po", HEADER + "#" * 1024 * 1024, "at most 1048576 bytes"),
    ],
)
def test_wrong_catalogue_is_named_with_its_problem(tmp_path: Path, name: str, content: str, problem: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(ShopperMessagesInvalid) as caught:
        ShopperMessages(str(tmp_path))
    assert name in str(caught.value)
    assert problem in str(caught.value)


def test_missing_folder_is_named() -> None:
    with pytest.raises(ShopperMessagesInvalid, match="/no/such/folder cannot be read"):
        ShopperMessages("/no/such/folder")


async def test_start_warns_of_locales_without_messages(
    world: World, network: InMemoryTransport, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async with gateway(world, network, clock, locales=(("en-US", "USD"), ("fr-FR", "EUR"), ("de-AT", "EUR"))):
        (record,) = [record for record in caplog.records if "messages for shoppers" in record.message]
    assert vars(record)["reason"] == "fr-FR"
