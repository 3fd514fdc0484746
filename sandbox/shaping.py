"""`expand` and `fields`: which parts of a resource an answer shows."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sandbox.money import Json


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
    """A wrapped resource, kept to `fields`; the wrapper and every `uri` on the way stay.

    A path counts from the wrapped resource, and in a list from its elements as well.
    """
    paths = [tuple(name.strip().split(".")) for name in (fields or "").split(",") if name.strip()]
    if not paths:
        return wire
    return {wrapper: _kept(content, paths) for wrapper, content in wire.items()}


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
