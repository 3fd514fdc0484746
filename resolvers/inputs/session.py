"""Inputs that start a session, sign in or register a shopper."""

from uuid import UUID

from gateway.enums import SessionDelivery
from resolvers.inputs.declaration import Input, Typed, field
from resolvers.scalars import CurrencyCode, EmailAddress, Locale


class StartSessionInput(Input):
    """Locale and currency of a guest session, and whether the client gets it as a cookie or a bearer token."""

    locale: Locale | None = field("Locale; the first locale of the storefront when absent.", default=None)
    currency_code: CurrencyCode | None = field(
        "Currency; the default currency of the locale when absent.", default=None
    )
    delivery: SessionDelivery = field(
        "Whether the client gets the session as a cookie or a bearer token.", default=SessionDelivery.COOKIE
    )


class UpdateSessionInput(Input):
    """New locale and currency of the session and its cart."""

    locale: Locale | None = field("New locale; unchanged when absent.", default=None)
    currency_code: CurrencyCode | None = field(
        "New currency; unchanged when absent. A new currency is refused while store credit is attached.", default=None
    )


class PasswordCredentials(Input):
    """A user name and its password."""

    username: str = field("User name, usually the email address.", is_secret=True)
    password: str = field("Password.", is_secret=True, typed=Typed.EXACTLY)


class SignInCredentials(Input, one_of=True):
    """Proof of the shopper's identity. Exactly one of the fields is set."""

    password: PasswordCredentials | None = field("User name and password of a Digital River account.", default=None)
    merchant_assertion: str | None = field(
        "Signed assertion (JWT) of the merchant's identity provider. The gateway verifies the assertion and "
        "signs in the shopper with the external reference of the assertion.",
        default=None,
        is_secret=True,
        typed=Typed.MAY_BE_BLANK,  # Every assertion that is not right has the same error.
    )


class SignInInput(Input):
    """The credentials of the shopper, and whether the client gets a new session as a cookie or a bearer token."""

    credentials: SignInCredentials = field("Proof of identity.")
    delivery: SessionDelivery = field(
        "Whether the client gets a new session as a cookie or a bearer token. Ignored when there is a session: it "
        "keeps its cookie or bearer token.",
        default=SessionDelivery.COOKIE,
    )


class RegisterShopperInput(Input):
    """Name, email address and password of the account to create."""

    idempotency_key: UUID = field("Key that makes the call safe to repeat.")
    email: EmailAddress = field("Email address, which is also the user name.", is_secret=True)
    password: str = field(
        "Password, 8 to 32 characters from at least three character classes.", is_secret=True, typed=Typed.EXACTLY
    )
    first_name: str = field("Given name.", is_secret=True)
    last_name: str = field("Family name.", is_secret=True)
    accepts_marketing: bool = field("True when the shopper agreed to marketing mail.", default=False)
