"""The companies of Digital River that sell to the shoppers of each country."""

_ENTITIES = {"US": "DR_INC-ENTITY", "CA": "DR_INC-ENTITY", "JP": "DR_JAPAN-ENTITY"}


def selling_entity(country: str) -> str:
    return _ENTITIES.get(country, "DR_IRELAND-ENTITY")
