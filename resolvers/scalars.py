"""Strings of the graph that have a form of their own. `schema/scalars.py` checks the form."""

from typing import NewType

ID = NewType("ID", str)
"""A global identifier, as `gateway/upstream/ids.py` makes it."""

CurrencyCode = NewType("CurrencyCode", str)
CountryCode = NewType("CountryCode", str)
Locale = NewType("Locale", str)
EmailAddress = NewType("EmailAddress", str)
Url = NewType("Url", str)
CartRevision = NewType("CartRevision", str)
SchemaCoordinate = NewType("SchemaCoordinate", str)
