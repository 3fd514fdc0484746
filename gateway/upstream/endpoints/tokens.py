"""Endpoints for access tokens."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.upstream import refusal_codes
from gateway.upstream.catalog import Market
from gateway.upstream.decoding import decode
from gateway.upstream.endpoints.paths import ME
from gateway.upstream.oauth import Tokens
from gateway.upstream.retrying_calls import Calls, Repeat, outage_if_key_rejected


@dataclass(frozen=True)
class TokenEndpoints:
    calls: Calls

    async def guest_token(self, locale: str, currency: str) -> Tokens:
        """Access token for a new anonymous shopper with this locale and currency."""
        settings = self.calls.settings
        # A token request changes no cart and no account, so it may be repeated.
        tokens = await self._tokens({"grant_type": settings.guest_grant.value}, Repeat.READ)
        if (locale, currency) != settings.locales[0]:
            await self.set_market(tokens.access_token, locale, currency)
        return tokens

    async def password_token(self, username: str, password: str, guest_token: str | None) -> Tokens:
        """Access token of a registered shopper who signs in with a password at Digital River.

        The guest's cart becomes the shopper's cart.
        """
        form = {"grant_type": "password", "username": username, "password": encoded_password(password)}
        return await self._tokens(form | _limited_token(guest_token), Repeat.CHANGE)

    async def reference_token(self, external_reference_id: str, guest_token: str | None) -> Tokens:
        """Access token of a registered shopper whom the merchant has authenticated.

        The access token cannot be refreshed.
        """
        form = {"grant_type": "client_credentials", "dr_external_reference_id": external_reference_id}
        return await self._tokens(form | _limited_token(guest_token), Repeat.CHANGE)

    async def refreshed_token(self, refresh_token: str) -> Tokens:
        return await self._tokens({"grant_type": "refresh_token", "refresh_token": refresh_token}, Repeat.CHANGE)

    async def revoke_token(self, token: str) -> None:
        # A revocation changes no cart, so it needs no lock of the cart.
        await self.calls.without_leases().send("DELETE", "/oauth20/access-tokens", token=token, repeat=Repeat.CHANGE)

    async def set_market(self, token: str, locale: str, currency: str) -> None:
        """Set the locale and currency of the shopper who owns the token, and of the shopper's cart."""
        await self.calls.change("POST", ME, token, Market(locale, currency).wire())

    async def _tokens(self, form: Mapping[str, str], repeat: Repeat) -> Tokens:
        # Only a sign-in with the token of a guest changes a cart.
        calls = self.calls if "dr_limited_token" in form else self.calls.without_leases()
        with outage_if_key_rejected("api key", code=refusal_codes.INVALID_CLIENT):
            body = await calls.send("POST", "/oauth20/token", form=form, repeat=repeat)
        return decode(body, Tokens)


def encoded_password(password: str) -> str:
    """The password in base64, as Digital River requires. Base64 does not protect the password."""
    return base64.b64encode(password.encode()).decode()


def _limited_token(guest_token: str | None) -> dict[str, str]:
    return {} if guest_token is None else {"dr_limited_token": guest_token}
