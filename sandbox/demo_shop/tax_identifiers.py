"""Tax identifiers of each country and customer type, with their formats."""

from dataclasses import dataclass

INDIVIDUAL, BUSINESS = "I", "B"
"""Values of `customerType` on a cart."""


@dataclass(frozen=True)
class Identifier:
    key: str
    title: str
    description: str
    pattern: str


UK_VAT = Identifier("UK_VAT", "UK VAT number", "GB followed by nine digits.", "^GB[0-9]{9}$")
DE_VAT = Identifier("DE_VAT", "German VAT number", "DE followed by nine digits.", "^DE[0-9]{9}$")
CPF = Identifier("CPF", "CPF", "Eleven digits.", "^[0-9]{11}$")
CNPJ = Identifier("CNPJ", "CNPJ", "Fourteen digits.", "^[0-9]{14}$")
IE = Identifier("IE", "Inscrição Estadual", "Two to fourteen digits.", "^[0-9]{2,14}$")

IDENTIFIERS: dict[str, dict[str, tuple[Identifier, ...]]] = {
    "GB": {BUSINESS: (UK_VAT,)},
    "DE": {BUSINESS: (DE_VAT,)},
    "BR": {INDIVIDUAL: (CPF,), BUSINESS: (CNPJ, IE)},
}
"""Tax identifiers by country and customer type. An absent customer type has no tax identifiers."""

REQUIRED_IN = frozenset({"BR"})
"""Countries in which an order needs a tax identifier."""

EXEMPTING = frozenset({UK_VAT.key, DE_VAT.key})
"""Keys of the tax identifiers that exempt a business from tax."""
