"""The floors of the gateway and of the sandbox, read from the tables of `docs/architecture.md`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"

PACKAGES = frozenset({"gateway", "resolvers", "schema", "sandbox"})


@dataclass(frozen=True)
class Room:
    building: str
    """Name in the heading of the table: `gateway` in `Floors of the gateway`."""
    name: str
    """Path of a folder, ending in a slash, or path of a file."""
    floor: int
    """Number of the floor. The lowest floor is 0."""


@dataclass(frozen=True)
class Floors:
    rooms: tuple[Room, ...]

    def room(self, file: str) -> Room:
        """Room of a file. Raises `LookupError` if no table names the file or its folder."""
        if room := next((room for room in self.rooms if file == room.name or file.startswith(_folder(room))), None):
            return room
        package, _, name = file.partition("/")
        if name == "__init__.py":
            building = next(room.building for room in self.rooms if room.name.startswith(f"{package}/"))
            return Room(building, file, -1)
        raise LookupError(f"{file} stands on no floor of docs/architecture.md")


def _folder(room: Room) -> str:
    return room.name if room.name.endswith("/") else f"{room.name}\n"


def read_floors(page: Path = PAGE) -> Floors:
    return Floors(tuple(_rooms(page.read_text())))


def _rooms(text: str) -> Iterator[Room]:
    """Yield the rooms of table rows such as `| 4 | `gateway/sessions/` | … |`."""
    for building, section in re.findall(r"^## Floors of the (\w+)\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE):
        for floor, name in re.findall(r"^\| (\d+) \| `([^`]+)` \|", section, re.MULTILINE):
            yield Room(building, name, int(floor))
