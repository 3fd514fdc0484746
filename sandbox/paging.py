"""Lists by the page: `pageNumber` from 1, `pageSize`, and the links to the pages beside."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import TypeVar
from urllib.parse import urlencode

from starlette.requests import Request

from sandbox.errors import Refusal
from sandbox.money import Json
from sandbox.requests import whole_number

T = TypeVar("T")

LONGEST_PAGE = 100_000


def page(
    request: Request, found: Sequence[T], *, uri: str, name: str, relation: str, wire: Callable[[T], Json]
) -> Json:
    """The page of `found` that was asked for, its elements under `name`, each as `wire` writes it."""
    query = request.query_params
    number = whole_number(query.get("pageNumber", "1"), "pageNumber", relation)
    size = whole_number(query.get("pageSize", "10"), "pageSize", relation)
    if number < 1 or not 0 < size < LONGEST_PAGE:
        text = "The page size must be greater than 0 and less than 100000, and page numbers begin at 1."
        raise Refusal(400, "invalid-request", text, relation=relation)
    pages = ceil(len(found) / size)
    shown: Json = {"uri": uri}
    for link, there in (("nextPage", number + 1), ("previousPage", number - 1)):
        if 1 <= there <= pages:
            others = {key: value for key, value in query.items() if key not in ("token", "apiKey", "pageNumber")}
            shown[link] = {"uri": f"{uri}?{urlencode(others | {'pageNumber': there})}"}
    shown[name] = [wire(one) for one in found[(number - 1) * size : number * size]]
    return shown | {"totalResults": len(found), "totalResultPages": pages}
