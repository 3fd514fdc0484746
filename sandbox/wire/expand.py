"""`expand` and `fields`: which parts of a resource an answer shows."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sandbox.wire.money import Json

ERRORS = "errors"


@dataclass(frozen=True)
class Expand:
    """Paths below one resource. `all` is set too when a path ended at the resource itself."""

    paths: tuple[tuple[str, ...], ...] = ()
    all: bool = False

    @classmethod
    def parse(cls, text: str | None) -> "Expand":
        names = [name.strip() for name in (text or "").split(",") if name.strip()]
        return cls(tuple(tuple(name.split(".")) for name in names if name != "all"), "all" in names)

    def below(self, name: str) -> "Expand":
        mine = [path[1:] for path in self.paths if path[0] == name]
        return Expand(tuple(path for path in mine if path), self.all or () in mine)

    def has(self, name: str) -> bool:
        return self.all or any(path[0] == name for path in self.paths)

    def chosen(self, full: Json, default: Collection[str]) -> Json:
        """The parts that are always shown, and those that were asked for."""
        return {name: value for name, value in full.items() if name in default or self.has(name)}


def only(wire: Json, fields: str | None) -> Json:
    """A wrapped resource, kept to `fields`; the wrapper, every `uri` on the way and errors beside it stay.

    A path counts from the wrapped resource, or from the elements of its list:

    - `{"cart": {"uri", "id", "currency"}}` kept to `id` is `{"cart": {"uri", "id"}}`
    - kept to `pricing.tax`, of `{"cart": {"pricing": {"tax", "total"}}}` the tax remains
    - `{"products": {"product": [{"uri", "id", "name"}]}}` kept to `product.id`, or to `id`, has the ids
    """
    paths = [tuple(name.strip().split(".")) for name in (fields or "").split(",") if name.strip()]
    if not paths:
        return wire
    return {wrapper: content if wrapper == ERRORS else _kept(content, paths) for wrapper, content in wire.items()}


def _kept(content: Any, paths: list[tuple[str, ...]]) -> Any:
    if isinstance(content, list):
        return [_kept(one, paths) for one in content]
    if not isinstance(content, dict):
        return content
    elements = [name for name, value in content.items() if isinstance(value, list)]
    kept: Json = {}
    for name, value in content.items():
        mine = [path[1:] for path in paths if path[0] == name]
        if name == "uri" or () in mine:
            kept[name] = value
        elif mine:
            kept[name] = _kept(value, mine)
        elif name in elements and not any(path[0] in content for path in paths):
            kept[name] = _kept(value, paths)
    return kept
