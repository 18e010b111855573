"""Where everything stands: worked out by Graphviz, whose `dot` draws layers and keeps frames apart.

It is asked as a program, by its own language and flags; `graphviz-pure` is a port of it that comes as a wheel and gives
the same places on every machine, so a picture has the same bytes everywhere. Nodes are handed over by their size, and
words only as boxes: no text of an author reaches it.
"""

import json
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from shutil import which
from typing import Any

from dsl.dataclass import dataclass
from dsl.drawing.dot import Attributes, Html, written
from dsl.drawing.picture import Edge, Node, Picture

PROGRAM = "graphviz-pure"
INCH = 72.0
LONGEST = 120
"""Seconds."""


class NoLayout(Exception):
    """The pictures cannot be laid out; the words say why, and what to do."""


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """Its upper left corner, and how large it is."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Route:
    """`points` of one curve after the other, each with two that bend it; `tip` is where its arrow ends. `label` is the
    middle of its words."""

    points: tuple[Point, ...]
    tip: Point | None
    label: Point | None


@dataclass(frozen=True)
class Layout:
    """`frames` in the order in which `nesting.frames` has them, outer ones first; `routes` in that of the edges."""

    width: float
    height: float
    frames: tuple[Box, ...]
    nodes: Mapping[str, Box]
    routes: tuple[Route, ...]


def lay_out(picture: Picture, sizes: Mapping[str, Point], labels: Mapping[int, Point], heads: list[Point]) -> Layout:
    """`sizes` of nodes by id, `labels` of edges by their number, `heads` of frames; all in points."""
    numbers = {id(edge): number for number, edge in enumerate(picture.edges)}

    def of_node(node: Node) -> Attributes:
        wide, high = sizes[node.id]
        return {"width": _inches(wide), "height": _inches(high)}

    def of_edge(edge: Edge) -> Attributes:
        size = labels.get(numbers[id(edge)])
        weight = {"weight": "6"} if edge.kind == "next" else {}
        return weight if size is None else {**weight, "label": _table(size)}

    head = {
        "graph": {"ranksep": "0.34", "nodesep": "0.32", "margin": "11", "labeljust": "l"},
        "node": {"shape": "box", "fixedsize": "true", "label": ""},
        "edge": {"arrowsize": "0.7"},
    }
    text = written(picture, head, of_node, of_edge, lambda frame, number: _table(heads[number]))
    return _read(_asked(text), picture)


def _inches(points: float) -> str:
    return f"{points / INCH:.4f}"


def _table(size: Point) -> Html:
    """A box of that size, where words are."""
    wide, high = size
    return Html(
        f'<table border="0" cellborder="0" cellspacing="0" cellpadding="0" fixedsize="true" '
        f'width="{wide:.0f}" height="{high:.0f}"><tr><td></td></tr></table>'
    )


def _program() -> str:
    beside = Path(sysconfig.get_path("scripts")) / PROGRAM
    found = str(beside) if beside.is_file() else which(PROGRAM)
    if found is None:
        raise NoLayout(
            f"an SVG is laid out by {PROGRAM}, which is not installed: pip install 'steadflow[graph]'; "
            "text, mermaid, dot and json need nothing"
        )
    return found


def _asked(text: str) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [_program(), "-Kdot", "-Tjson0"], input=text.encode(), capture_output=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NoLayout(f"{PROGRAM} has not laid this picture out within {LONGEST} seconds") from error
    except OSError as error:
        raise NoLayout(f"{PROGRAM} cannot be started: {error.strerror}") from error
    if done.returncode != 0:
        raise NoLayout(f"{PROGRAM} failed: {done.stderr.decode(errors='replace').strip()[:300]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _read(found: dict[str, Any], picture: Picture) -> Layout:
    _, _, width, height = _numbers(found["bb"])
    objects = found["objects"]
    clusters = [each for each in objects if each["name"].startswith("cluster")]
    clusters.sort(key=lambda each: int(each["name"].removeprefix("cluster_")))
    places = {each["name"]: each for each in objects}
    nodes = {node.id: _node(places[f"n{number}"], height) for number, node in enumerate(picture.nodes)}
    routes = tuple(_route(each, height) for each in found.get("edges", []))
    return Layout(width, height, tuple(_cluster(each["bb"], height) for each in clusters), nodes, routes)


def _numbers(text: str) -> list[float]:
    return [float(each) for each in text.split(",")]


def _cluster(bb: str, height: float) -> Box:
    left, low, right, high = _numbers(bb)
    return Box(left, height - high, right - left, high - low)


def _node(found: dict[str, Any], height: float) -> Box:
    x, y = _numbers(found["pos"])
    wide, high = float(found["width"]) * INCH, float(found["height"]) * INCH
    return Box(x - wide / 2, height - y - high / 2, wide, high)


def _route(found: dict[str, Any], height: float) -> Route:
    def at(text: str) -> Point:
        x, y = _numbers(text)
        return x, height - y

    tip, points = None, []
    for each in found["pos"].split():
        if each.startswith("e,"):
            tip = at(each[2:])
        elif not each.startswith("s,"):
            points.append(at(each))
    return Route(tuple(points), tip, at(found["lp"]) if "lp" in found else None)
