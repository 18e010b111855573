"""The groups of a picture as they are drawn: frames within frames, each with its nodes; blocks are seen through."""

from collections.abc import Iterator

from dsl.dataclass import dataclass
from dsl.drawing.picture import Group, Node, Picture


@dataclass(frozen=True, slots=True)
class Frame:
    group: Group
    inside: "tuple[Frame | Node, ...]"


def frames(picture: Picture) -> tuple[Frame, ...]:
    """The outermost; in the order in which the picture has them."""
    groups = {group.id: group for group in picture.groups}
    inside: dict[str, list[Node | str]] = {}
    placed: set[str] = set()
    for node in picture.nodes:
        frame = _frame(node.group, groups)
        inside.setdefault(frame, []).append(node)
        while frame not in placed:
            placed.add(frame)
            parent = groups[frame].parent
            if parent is None:
                break
            parent = _frame(parent, groups)
            inside.setdefault(parent, []).append(frame)
            frame = parent

    def made(id: str) -> Frame:
        return Frame(groups[id], tuple(made(each) if isinstance(each, str) else each for each in inside[id]))

    return tuple(made(group.id) for group in picture.groups if group.parent is None)


def _frame(id: str, groups: dict[str, Group]) -> str:
    """The group itself, or the one around it that is drawn."""
    while (group := groups[id]).kind == "block" and group.parent is not None:
        id = group.parent
    return id


def walk(frame: Frame) -> Iterator[Node]:
    for each in frame.inside:
        if isinstance(each, Frame):
            yield from walk(each)
        else:
            yield each
