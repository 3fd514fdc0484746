"""String types that have a format in the graph. `schema/scalars.py` checks the formats."""

from typing import NewType

ID = NewType("ID", str)
"""A global id, encoded by `gateway/upstream/ids.py`."""

CurrencyCode = NewType("CurrencyCode", str)
CountryCode = NewType("CountryCode", str)
Locale = NewType("Locale", str)
EmailAddress = NewType("EmailAddress", str)
Url = NewType("Url", str)
CartRevision = NewType("CartRevision", str)
SchemaCoordinate = NewType("SchemaCoordinate", str)
