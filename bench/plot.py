"""Draws `bench/figures/cpu.svg` from the figures of `bench.operations` and `bench.peers`: `python -m bench.plot`

The figures are the files that both write with `--json`: `bench/figures/operations.json` and `bench/figures/peers.json`.
"""

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

FIGURES = Path(__file__).parent / "figures"

WIDTH, LEFT, RIGHT = 860, 230, 130

ROW, BAR, GAP = 24, 15, 46

COLOURS = {"gateway": "#0b6e4f", "plans off": "#9fb8ad"}

PEER_COLOUR = "#8a8fa3"

CAPTION = "Bars are medians of the rounds, lines their range. Less is better."

STYLE = """text { font: 13px system-ui, sans-serif; fill: #1c1c1c } .title { font-weight: 600; font-size: 15px }
.number { fill: #444 } .range { stroke: #1c1c1c; stroke-width: 1.2 } .background { fill: #fff }"""


class Bar(NamedTuple):
    label: str
    program: str
    cpu_ms: list[float]


def bars(file: Path) -> list[Bar]:
    rows: list[dict[str, Any]] = json.loads(file.read_text())
    return [Bar(row["operation"], row["program"], row["cpu_ms"]) for row in rows]


def panel(title: str, shown: list[Bar], top: int) -> Iterator[str]:
    """The lines of one chart, below `top`."""
    longest = max(max(bar.cpu_ms) for bar in shown)
    scale = (WIDTH - LEFT - RIGHT) / longest
    yield f'<text class="title" x="16" y="{top}">{escape(title)}</text>'
    for number, bar in enumerate(shown):
        y = top + 16 + number * ROW
        middle, length = y + BAR / 2, median(bar.cpu_ms) * scale
        low, high = LEFT + min(bar.cpu_ms) * scale, LEFT + max(bar.cpu_ms) * scale
        colour = COLOURS.get(bar.program, PEER_COLOUR)
        yield f'<text x="{LEFT - 10}" y="{middle + 4.5}" text-anchor="end">{escape(bar.label)}</text>'
        yield f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2" fill="{colour}"/>'
        yield f'<path class="range" d="M{low:.1f} {middle}H{high:.1f}"/>'
        yield f'<text class="number" x="{high + 8:.1f}" y="{middle + 4.5}">{median(bar.cpu_ms):.2f} ms</text>'


def height(shown: list[Bar]) -> int:
    return len(shown) * ROW + GAP


def labelled(bar: Bar) -> Bar:
    """The bar, with its program in the label if that is not the gateway as shipped."""
    return bar if bar.program == "gateway" else bar._replace(label=f"{bar.label}, {bar.program}")


def drawing(operations: list[Bar], peers: list[Bar]) -> str:
    names = [bar.label for bar in operations]
    by_operation = [labelled(bar) for bar in sorted(operations, key=lambda bar: names.index(bar.label))]
    by_program = sorted((bar._replace(label=bar.program) for bar in peers), key=lambda bar: median(bar.cpu_ms))
    second = 30 + height(by_program)
    lines = [
        *panel("CPU time of one checkout, the same operation and upstream for all", by_program, 30),
        *panel("CPU time of one request to the gateway, with and without compiled plans", by_operation, second),
    ]
    below = second + height(by_operation)
    lines.append(f'<text class="number" x="16" y="{below}">{CAPTION}</text>')
    size = f'width="{WIDTH}" height="{below + 20}"'
    body = "\n".join(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<style>{STYLE}</style>\n'
        f'<rect class="background" {size}/>\n{body}\n</svg>\n'
    )


if __name__ == "__main__":
    picture = FIGURES / "cpu.svg"
    picture.write_text(drawing(bars(FIGURES / "operations.json"), bars(FIGURES / "peers.json")))
    print(picture)
