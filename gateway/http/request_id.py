"""The id of a request: the client's own or a random one."""

import re
import secrets

from gateway.documents.card_numbers import has_card_number

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

ID_BYTES = 16

IDS_IN_BLOCK = 256


class IdSource:
    """Gives each request its id. Random bytes are read in blocks, because each reading asks the operating system."""

    def __init__(self) -> None:
        self._random_ids: list[str] = []

    def id_for(self, client_id: str) -> str:
        """If the client sends a valid `X-Request-Id`, it is the id, so that clients can trace requests by their own
        ids."""
        if client_id and REQUEST_ID.fullmatch(client_id) and not has_card_number(client_id):
            return client_id
        if not self._random_ids:
            block = secrets.token_hex(ID_BYTES * IDS_IN_BLOCK)
            self._random_ids = [block[start : start + ID_BYTES * 2] for start in range(0, len(block), ID_BYTES * 2)]
        return self._random_ids.pop()
