"""The documents that the gateway remembers: those of the manifest, and those that clients have sent recently.

Of a document that was sent once, only the text is kept. A flood of distinct documents then leaves no parsed documents,
which the garbage collector would traverse again and again, and drives out none that was sent again.
"""

from collections import OrderedDict

from gateway.documents.known_documents import KnownDocument

MAX_PARSED_CHARACTERS = 128 * 1024
"""Maximum total length of the parsed documents outside the manifest, in characters. A parsed document takes up to 300
bytes for each character. The garbage collector traverses all of them, which may delay a request."""

MAX_TEXT_CHARACTERS = 512 * 1024
"""Maximum total length of the documents of which only the text is kept."""

LARGEST_SHARE = 4
"""A document is remembered if it takes at most this part of `MAX_PARSED_CHARACTERS`: a fourth. Otherwise, one document
would drive out those of all other clients. The documents of clients are much shorter."""


class RecentTexts:
    """Texts of documents and their digests. The least recently used text is first."""

    def __init__(self, max_characters: int) -> None:
        self._max_characters = max_characters
        self._characters = 0
        self._digests: OrderedDict[str, str] = OrderedDict()

    def __contains__(self, source: str) -> bool:
        return source in self._digests

    def use(self, source: str) -> None:
        self._digests.move_to_end(source)

    def add(self, source: str, digest: str) -> dict[str, str]:
        """Add a document. Return the sources of those that had to make room for it, with their digests."""
        self._digests[source] = digest
        self._characters += len(source)
        removed = {}
        while self._characters > self._max_characters:
            oldest = next(iter(self._digests))
            removed[oldest] = self.remove(oldest)
        return removed

    def remove(self, source: str) -> str:
        self._characters -= len(source)
        return self._digests.pop(source)


class RememberedDocuments:
    def __init__(self) -> None:
        self.parsed: dict[str, KnownDocument] = {}
        """Parsed documents, by source."""
        self.selected: dict[str, str] = {}
        """Sources of the documents that a request may select by their hash alone: those in the manifest, and those that
        a client has sent together with the hash."""
        self._sent_once = RecentTexts(MAX_TEXT_CHARACTERS)
        self.sent_again = RecentTexts(MAX_PARSED_CHARACTERS)
        """Texts of the parsed documents outside the manifest."""

    def was_sent_once(self, source: str) -> bool:
        """Whether only the text is kept. The document has passed all checks."""
        return source in self._sent_once

    def add(self, document: KnownDocument) -> None:
        """Add a document that was just read: its text, if it was sent for the first time and is not too long."""
        if document.is_in_manifest:
            self.parsed[document.source] = document
            self.selected[document.digest] = document.source
        elif document.source in self._sent_once:
            self._sent_once.remove(document.source)
            self.parsed[document.source] = document
            self._forget(self.sent_again.add(document.source, document.digest))
        elif len(document.source) <= MAX_PARSED_CHARACTERS // LARGEST_SHARE:
            self._forget(self._sent_once.add(document.source, document.digest))

    def select(self, source: str, digest: str) -> None:
        """Let requests select a document by its hash, if it is remembered."""
        if source in self.parsed or source in self._sent_once:
            self.selected[digest] = source

    def _forget(self, texts: dict[str, str]) -> None:
        for source, digest in texts.items():
            self.parsed.pop(source, None)
            self.selected.pop(digest, None)
