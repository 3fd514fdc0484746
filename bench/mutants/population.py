"""The files whose changes the tests must notice: money, orders, sessions, screening of card numbers, transport."""

from pathlib import Path

ROOT = Path(__file__).parents[2]

PATTERNS = (
    "gateway/amounts/money.py",
    "gateway/orders/*.py",
    "gateway/submission/*.py",
    "gateway/sessions/*.py",
    "gateway/checkout/*.py",
    "gateway/payments/*.py",
    "gateway/store/*.py",
    "gateway/documents/card_*.py",
    "gateway/http/session_cookie.py",
    "gateway/http/client_address.py",
    "gateway/http/csrf.py",
    "gateway/upstream/changes.py",
    "gateway/upstream/client.py",
    "gateway/upstream/decoding.py",
    "gateway/upstream/error_envelopes.py",
    "gateway/upstream/ids.py",
    "gateway/upstream/oauth.py",
    "gateway/upstream/retrying_calls.py",
    "gateway/upstream/body.py",
    "gateway/upstream/connections/*.py",
    "gateway/upstream/exchange.py",
    "gateway/upstream/transport.py",
    "gateway/upstream/endpoints/cart.py",
    "gateway/upstream/endpoints/payments.py",
    "gateway/upstream/endpoints/tokens.py",
    # The mutations of sessions, carts, payments and orders.
    "resolvers/abandon_redirect.py",
    "resolvers/apply_shopper.py",
    "resolvers/cart_addresses.py",
    "resolvers/cart_edits.py",
    "resolvers/cart_lines.py",
    "resolvers/cart_offers.py",
    "resolvers/payment_sources.py",
    "resolvers/prepare_checkout.py",
    "resolvers/register_shopper.py",
    "resolvers/sessions.py",
    "resolvers/shipping_options.py",
    "resolvers/sign_in.py",
    "resolvers/store_credit.py",
    "resolvers/submissions.py",
    "resolvers/tax_identifiers.py",
    "resolvers/update_session.py",
)


def files(only: str = "") -> list[str]:
    """Paths of the files, relative to the root. With `only`, those that begin with it, inside the list or not."""
    if only:
        paths = [ROOT / only] if (ROOT / only).is_file() else (ROOT / only).rglob("*.py")
    else:
        paths = (path for pattern in PATTERNS for path in ROOT.glob(pattern))
    return sorted(str(path.relative_to(ROOT)) for path in paths if path.name != "__init__.py")
