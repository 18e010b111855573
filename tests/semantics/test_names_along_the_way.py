"""What is known of a name along the way: what a wait makes old, what a branch changed, what ways have in common."""

from dsl.ast.node import Node
from dsl.ast.statements import Sleep
from dsl.semantics.provenance.marks import Mark
from dsl.semantics.staleness.names import Branch, Names
from dsl.semantics.staleness.readings import Reading, held
from tests.semantics.reading import facts_of

FIRST, SECOND, THIRD = facts_of("flow main() { sleep 1h sleep 2h sleep 3h }").all(Sleep)
A, B = (1, "let"), (2, "let")


def read(names: Names, at: int = 1) -> Mark:
    return Mark(frozenset({Reading("look", at=at, born=names.now)}))


def waits(names: Names, key: tuple[int, str] = A) -> set[Node | None]:
    """Behind which waits what is known of a name is old; None for what is not."""
    return {each.old for each in held(names.settled(names.of(key)))}


def test_what_is_read_is_old_behind_the_first_wait_after_it() -> None:
    names = Names()
    names.put(A, read(names))
    assert waits(names) == {None}
    names.wait(FIRST)
    names.put(B, read(names))
    names.wait(SECOND)
    assert (waits(names), waits(names, B)) == ({FIRST}, {SECOND})


def test_nothing_is_known_of_another_name() -> None:
    names = Names()
    names.put(A, read(names))
    assert names.of(B) == Mark()
    names.add(B, Mark())
    assert names.of(B) == Mark()


def test_what_is_added_keeps_what_was_there() -> None:
    names = Names()
    names.put(A, read(names, at=1))
    names.wait(FIRST)
    names.add(A, read(names, at=2))
    assert {each.at: each.old for each in held(names.of(A)) if isinstance(each, Reading)} == {1: FIRST, 2: None}


def _branch(names: Names, *, wait: Node | None = None, reads: bool = False, left: bool = False) -> Branch:
    begun = names.begin()
    if reads:
        names.put(A, read(names, at=2))
    if wait is not None:
        names.wait(wait)
    return names.end(begun, left=left)


def test_a_branch_is_taken_back() -> None:
    names = Names()
    names.put(B, read(names))
    before = names.now
    found = _branch(names, wait=FIRST, reads=True)
    assert (names.now, names.of(A), waits(names, B)) == (before, Mark(), {None})
    assert (list(found.changed), found.wait, found.left) == ([A], FIRST, False)
    begun = names.begin()
    names.put(B, Mark())
    names.end(begun, left=False)
    assert waits(names, B) == {None}


def test_a_branch_is_settled_for_its_end() -> None:
    names = Names()
    (mark,) = _branch(names, wait=FIRST, reads=True).changed.values()
    assert [each.old for each in held(mark)] == [FIRST]


def test_where_ways_come_together_a_name_is_as_old_as_on_any() -> None:
    names = Names()
    names.put(A, read(names))
    names.join([_branch(names), _branch(names, wait=FIRST)])
    assert waits(names) == {FIRST}
    names = Names()
    names.put(A, read(names))
    names.join([_branch(names, reads=True), _branch(names, wait=FIRST)])
    assert waits(names) == {None, FIRST}
    names.wait(SECOND)
    assert waits(names) == {SECOND, FIRST}


def test_a_way_that_leaves_counts_for_nothing() -> None:
    names = Names()
    names.put(A, read(names))
    before = names.now
    names.join([_branch(names), _branch(names, wait=FIRST, reads=True, left=True)])
    assert (waits(names), names.now) == ({None}, before)


def test_what_is_new_where_ways_come_together_is_as_new_as_that_place() -> None:
    names = Names()
    names.join([_branch(names, reads=True), _branch(names, wait=FIRST)])
    assert waits(names) == {None}
    names.wait(SECOND)
    assert waits(names) == {SECOND}


def test_side_by_side_what_one_reads_is_old_when_another_waits() -> None:
    names = Names()
    names.meet([_branch(names, reads=True), _branch(names, wait=FIRST)])
    assert waits(names) == {FIRST}
    names = Names()
    names.meet([_branch(names, reads=True), _branch(names)])
    assert waits(names) == {None}
    names = Names()
    begun = names.begin()
    names.wait(FIRST)
    names.put(A, read(names))
    names.meet([names.end(begun, left=False), _branch(names)])
    assert waits(names) == {None}, "its own wait was before it"


def test_a_wait_of_a_branch_is_one_of_the_flow() -> None:
    names = Names()
    names.put(B, read(names))
    before = names.now
    names.meet([_branch(names, wait=FIRST), _branch(names, wait=SECOND)])
    assert names.now != before
    assert waits(names, B) == {FIRST}


def test_what_leads_out_of_branches_takes_what_all_of_them_changed() -> None:
    names = Names()
    names.put(B, read(names, at=1))
    depth, begun = names.depth(), names.begin()
    names.put(A, read(names, at=2))
    names.begin()
    names.put(B, read(names, at=3))
    names.wait(THIRD)
    found = names.leaving(begun, depth)
    assert (set(found.changed), found.wait, found.left) == ({A, B}, THIRD, False)
    assert {each.old for mark in found.changed.values() for each in held(mark)} == {THIRD}
    assert names.depth() == depth + 2, "what is walked goes on"
