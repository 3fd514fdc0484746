"""The documents that the gateway remembers: those of the manifest, and those that clients have sent recently."""

from collections import OrderedDict

from gateway.documents.known_documents import KnownDocument

MAX_CACHED_CHARACTERS = 128 * 1024
"""Maximum total length of the cached documents outside the manifest, in characters. A parsed document takes up to 300
bytes for each character. The garbage collector traverses all cached documents, which may delay a request."""

LARGEST_SHARE = 4
"""A document is cached if it takes at most this part of the cache: a fourth. Otherwise, one document would drive out
those of all other clients. The documents of clients are much shorter."""

SHARE_OF_SENT_ONCE = 4
"""Documents that were sent once drive out those that were sent again until they have this part of the cache: a fourth.
So a flood of documents that are each sent once leaves the others three fourths."""


class Part:
    """Documents by source. The least recently used document is first."""

    def __init__(self) -> None:
        self.characters = 0
        self._documents: OrderedDict[str, KnownDocument] = OrderedDict()

    def __contains__(self, document: KnownDocument) -> bool:
        return document.source in self._documents

    def add(self, document: KnownDocument) -> None:
        self._documents[document.source] = document
        self.characters += len(document.source)

    def use(self, document: KnownDocument) -> None:
        self._documents.move_to_end(document.source)

    def remove(self, document: KnownDocument) -> None:
        del self._documents[document.source]
        self.characters -= len(document.source)

    def pop_oldest(self) -> KnownDocument:
        oldest = next(iter(self._documents.values()))
        self.remove(oldest)
        return oldest


class RememberedDocuments:
    def __init__(self) -> None:
        self.by_source: dict[str, KnownDocument] = {}
        self.by_digest: dict[str, KnownDocument] = {}
        """Documents that a request may select by their hash alone: those in the manifest, and those that a client has
        sent together with the hash."""
        self._sent_once, self._sent_again = Part(), Part()

    def add(self, document: KnownDocument, *, may_be_selected: bool) -> None:
        """Add a document that was just read, unless it is too long. `may_be_selected`: by its hash."""
        if not document.is_in_manifest:
            if len(document.source) > MAX_CACHED_CHARACTERS // LARGEST_SHARE:
                return
            self._sent_once.add(document)
            self._make_room()
        self.by_source[document.source] = document
        if may_be_selected:
            self.by_digest[document.digest] = document

    def use(self, document: KnownDocument) -> None:
        """Note that a document was sent again."""
        if document in self._sent_again:
            self._sent_again.use(document)
        elif document in self._sent_once:
            self._sent_once.remove(document)
            self._sent_again.add(document)

    def _make_room(self) -> None:
        once, again = self._sent_once, self._sent_again
        while once.characters + again.characters > MAX_CACHED_CHARACTERS:
            crowded = once if once.characters > MAX_CACHED_CHARACTERS // SHARE_OF_SENT_ONCE else again
            forgotten = crowded.pop_oldest()
            del self.by_source[forgotten.source]
            self.by_digest.pop(forgotten.digest, None)
