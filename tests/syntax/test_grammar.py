"""The grammar: without conflict, complete in its builders and its names, and quick to load."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest
from lark.exceptions import GrammarError

from dsl.ast import declarations, events, expressions, joining, people, statements, types
from dsl.ast.node import Node
from dsl.syntax import grammar
from dsl.syntax.build import RULES, SELDOM
from tests.house.test_constructs import rule_of

NOT_WRITTEN = (
    Node,
    declarations.Use,
    statements.GatedCall,
    statements.GateRound,
    statements.FirstBranch,
    expressions.Widen,
    expressions.Convert,
    expressions.Apply,
    expressions.Row,
    expressions.Operand,
    expressions.Chain,
    expressions.Way,
)
"""What no text says: the base, one part of what an agent uses, ways of several kinds, what
sealing adds, and rows, which are read as operators and laid flat afterwards."""
SHAPES = {"declaration", "type", "type_option", "type_atom", "statement", "expression", "or", "and", "not"}
SHAPES |= {"comparison", "sum", "product", "negation", "postfix", "atom", "text", "amount"}
SHAPES |= {"tool_option", "agent_option", "flow_option", "step_option", "approval_option", "constraint", "whom"}
SHAPES |= {"http_part", "length"}


def test_it_has_no_conflict() -> None:
    assert grammar.build(grammar.grammar_text()).actions.lines


def test_a_conflict_would_be_an_error() -> None:
    with pytest.raises(GrammarError):
        grammar.build("module: a | b\na: NAME\nb: NAME\nNAME: /x/")


def test_every_rule_has_a_builder() -> None:
    made = {each.name for each in grammar.tables().productions if not each.inline}
    assert made - set(RULES) - SHAPES == {"$root_module"} & made
    assert set(RULES) - made == set()


def test_what_is_seldom_needed_is_named_as_its_module_does() -> None:
    for part, rules in SELDOM.items():
        assert rules.split() == list(import_module(f"dsl.syntax.build_{part}").RULES)


def test_every_class_of_the_tree_is_named_by_a_rule() -> None:
    kinds: list[type[Node]] = [
        kind
        for module in (declarations, events, expressions, joining, people, statements, types)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Node) and kind not in NOT_WRITTEN
    ]
    made = {each.name for each in grammar.tables().productions}
    assert {rule_of(kind) for kind in kinds} - made == set()
    assert get_args(expressions.Expression)


def test_a_warm_start_does_not_import_lark(tmp_path: Path) -> None:
    program = "import sys\nfrom dsl.syntax.grammar import tables\ntables()\nprint('lark' in sys.modules)"
    assert _run(program, tmp_path) == "True"
    assert _run(program, tmp_path) == "False"


FIRST = "from dsl.syntax.grammar import tables\nprint(tables().productions[0].left)"


@pytest.fixture(scope="module")
def cached_tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The file that a first start leaves, and what that start said."""
    home = tmp_path_factory.mktemp("home")
    said = _run(FIRST, home)
    (made,) = (home / "steadflow").iterdir()
    return made, said


@pytest.mark.parametrize(
    "content", ["{", *(pytest.param(each, marks=pytest.mark.slow) for each in ("", "[]", "{}", '{"actions": 1}'))]
)
def test_a_broken_cache_is_made_anew(tmp_path: Path, content: str, cached_tables: tuple[Path, str]) -> None:
    made, said = cached_tables
    cached = tmp_path / "steadflow" / made.name
    cached.parent.mkdir()
    cached.write_text(content, encoding="utf-8")
    assert _run(FIRST, tmp_path) == said
    assert len(cached.read_text(encoding="utf-8")) > 1000


def test_a_home_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "steadflow").write_text("a file where the folder would be", encoding="utf-8")
    assert _run("from dsl.syntax.grammar import tables\nprint(bool(tables().actions.lines))", tmp_path) == "True"


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    program = "from dsl.syntax.grammar import tables\nprint(len(tables().actions.lines))"
    started = [_start(program, tmp_path) for _ in range(3)]
    assert len({process.communicate()[0] for process in started}) == 1
    assert [path.suffix for path in (tmp_path / "steadflow").iterdir()] == [".json"]


def _run(program: str, cache: Path) -> str:
    output, _ = (process := _start(program, cache)).communicate()
    assert process.returncode == 0
    return output.strip()


def _start(program: str, cache: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    return subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True)


def test_an_installed_package_has_its_own_grammar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = tmp_path / "dsl" / "_grammar" / "flow.lark"
    packaged.parent.mkdir(parents=True)
    packaged.write_text("module: NAME", encoding="utf-8")
    assert grammar.grammar_text() != "module: NAME"
    monkeypatch.setattr(grammar, "__file__", str(tmp_path / "dsl" / "syntax" / "grammar.py"))
    assert grammar.grammar_text() == "module: NAME"
