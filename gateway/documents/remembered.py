"""The documents that the gateway remembers: those of the manifest, and those that clients have sent recently.

Of a document that was sent once, only the text is kept. A flood of distinct documents then leaves no parsed documents,
which the garbage collector would traverse again and again, and drives out none that was sent again.
"""

from collections import OrderedDict
from typing import NamedTuple

from gateway.documents.known_documents import KnownDocument

MAX_PARSED_CHARACTERS = 128 * 1024
"""Maximum total length of the parsed documents outside the manifest, in characters. A parsed document takes up to 300
bytes for each character. The garbage collector traverses all of them, which may delay a request."""

MAX_TEXT_CHARACTERS = 512 * 1024
"""Maximum total length of the documents of which only the text is kept."""

MAX_PARSED = 1000
"""Maximum number of parsed documents outside the manifest. A storefront has less than two hundred."""

MAX_TEXTS = 4000
"""Maximum number of documents of which only the text is kept. Beside the text, each takes half a kilobyte."""

LARGEST_SHARE = 4
"""A document is remembered if it takes at most this part of `MAX_PARSED_CHARACTERS`: a fourth. Otherwise, one document
would drive out those of all other clients. The documents of clients are much shorter.

Of the documents that only one client has sent, at most the same part is safe from those of other clients."""

Client = str | None
"""Key of a client; None if the client cannot be told apart from others."""


class SentText(NamedTuple):
    digest: str
    owner: Client
    """The only client that has sent the text; None if several clients have sent it."""


class RecentTexts:
    """Texts of documents and their digests. The least recently used text is first.

    If there are too many, a client whose own texts take more than a share loses its own. So one client, however many
    documents it sends, does not drive out those of the storefront, which other clients send too.
    """

    def __init__(self, max_characters: int, max_texts: int) -> None:
        self._max_characters = max_characters
        self._max_texts = max_texts
        self._characters = 0
        self._texts: OrderedDict[str, SentText] = OrderedDict()
        self._of_owner: dict[str, OrderedDict[str, None]] = {}
        """The texts that only one client has sent, by client."""
        self._characters_of: dict[str, int] = {}

    def __contains__(self, source: str) -> bool:
        return source in self._texts

    def use(self, source: str, client: Client) -> None:
        """Note that a client has sent a document again."""
        self._texts.move_to_end(source)
        owner = self._texts[source].owner
        if owner is None:
            return
        if owner == client:
            self._of_owner[owner].move_to_end(source)
        else:
            self._disown(source)

    def add(self, source: str, digest: str, owner: Client) -> dict[str, str]:
        """Add a document. Return the sources of those that had to make room for it, with their digests."""
        self._texts[source] = SentText(digest, owner)
        self._characters += len(source)
        if owner is not None:
            self._of_owner.setdefault(owner, OrderedDict())[source] = None
            self._characters_of[owner] = self._characters_of.get(owner, 0) + len(source)
        removed = {}
        while self._characters > self._max_characters or len(self._texts) > self._max_texts:
            oldest = self._first_to_go()
            removed[oldest] = self.remove(oldest).digest
        return removed

    def remove(self, source: str) -> SentText:
        text = self._texts[source]
        self._disown(source)
        self._characters -= len(source)
        del self._texts[source]
        return text

    def _first_to_go(self) -> str:
        owner = max(self._of_owner, key=self._share, default=None)
        if owner is not None and self._share(owner) > 1 / LARGEST_SHARE:
            return next(iter(self._of_owner[owner]))
        return next(iter(self._texts))

    def _share(self, owner: str) -> float:
        """The part of all room that the client's own texts take, from 0 to 1."""
        return max(self._characters_of[owner] / self._max_characters, len(self._of_owner[owner]) / self._max_texts)

    def _disown(self, source: str) -> None:
        digest, owner = self._texts[source]
        if owner is None:
            return
        self._texts[source] = SentText(digest, None)
        del self._of_owner[owner][source]
        self._characters_of[owner] -= len(source)
        if not self._of_owner[owner]:
            del self._of_owner[owner], self._characters_of[owner]


class RememberedDocuments:
    def __init__(self) -> None:
        self.parsed: dict[str, KnownDocument] = {}
        """Parsed documents, by source."""
        self.selected: dict[str, str] = {}
        """Sources of the documents that a request may select by their hash alone: those in the manifest, and those that
        a client has sent together with the hash."""
        self._sent_once = RecentTexts(MAX_TEXT_CHARACTERS, MAX_TEXTS)
        self.sent_again = RecentTexts(MAX_PARSED_CHARACTERS, MAX_PARSED)
        """Texts of the parsed documents outside the manifest."""

    def was_sent_once(self, source: str) -> bool:
        """Whether only the text is kept. The document has passed all checks."""
        return source in self._sent_once

    def add(self, document: KnownDocument, client: Client) -> None:
        """Add a document that was just read: its text, if it was sent for the first time and is not too long."""
        if document.is_in_manifest:
            self.parsed[document.source] = document
            self.selected[document.digest] = document.source
        elif document.source in self._sent_once:
            owner = self._sent_once.remove(document.source).owner
            self.parsed[document.source] = document
            self._forget(self.sent_again.add(document.source, document.digest, owner if owner == client else None))
        elif len(document.source) <= MAX_PARSED_CHARACTERS // LARGEST_SHARE:
            self._forget(self._sent_once.add(document.source, document.digest, client))

    def select(self, source: str, digest: str) -> None:
        """Let requests select a document by its hash, if it is remembered."""
        if source in self.parsed or source in self._sent_once:
            self.selected[digest] = source

    def _forget(self, texts: dict[str, str]) -> None:
        for source, digest in texts.items():
            self.parsed.pop(source, None)
            self.selected.pop(digest, None)
