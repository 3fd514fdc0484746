"""The query parameters `expand` and `fields`, which select the fields of an answer."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sandbox.wire.values import Json

ERRORS = "errors"


@dataclass(frozen=True)
class Expand:
    """Fields of one resource that `expand` adds to the answer: those on `paths`, or every field if `all` is True."""

    paths: tuple[tuple[str, ...], ...] = ()
    all: bool = False

    @classmethod
    def parse(cls, parameter: str | None) -> "Expand":
        names = [name.strip() for name in (parameter or "").split(",") if name.strip()]
        return cls(tuple(tuple(name.split(".")) for name in names if name != "all"), "all" in names)

    def below(self, name: str) -> "Expand":
        remaining = [path[1:] for path in self.paths if path[0] == name]
        return Expand(tuple(path for path in remaining if path), self.all or () in remaining)

    def has(self, name: str) -> bool:
        return self.all or any(path[0] == name for path in self.paths)

    def select(self, resource: Json, default: Collection[str]) -> Json:
        """Reduce the resource to the fields that `default` or the parameter `expand` names."""
        return {name: value for name, value in resource.items() if name in default or self.has(name)}


def select_fields(wire: Json, fields: str | None) -> Json:
    """Reduce an answer to the fields that the parameter `fields` names. `errors`, and `uri` on these paths, are kept.

    The parameter lists paths, which begin inside the outermost object, such as `cart`. In an answer with a list of
    resources, a path may also begin inside each resource. Examples of paths:

    - `id` reduces `{"cart": {"uri", "id", "currency"}}` to `{"cart": {"uri", "id"}}`
    - `pricing.tax` reduces `{"cart": {"pricing": {"tax", "total"}}}` to `{"cart": {"pricing": {"tax"}}}`
    - `product.id` or `id` reduces `{"products": {"product": [{"uri", "id", "name"}]}}` to
      `{"products": {"product": [{"uri", "id"}]}}`
    """
    paths = [tuple(name.strip().split(".")) for name in (fields or "").split(",") if name.strip()]
    if not paths:
        return wire
    return {wrapper: content if wrapper == ERRORS else _selected(content, paths) for wrapper, content in wire.items()}


def _selected(content: Any, paths: list[tuple[str, ...]]) -> Any:
    if isinstance(content, list):
        return [_selected(element, paths) for element in content]
    if not isinstance(content, dict):
        return content
    lists = [name for name, value in content.items() if isinstance(value, list)]
    selected: Json = {}
    for name, value in content.items():
        remaining = [path[1:] for path in paths if path[0] == name]
        if name == "uri" or () in remaining:
            selected[name] = value
        elif remaining:
            selected[name] = _selected(value, remaining)
        elif name in lists and not any(path[0] in content for path in paths):
            selected[name] = _selected(value, paths)
    return selected
