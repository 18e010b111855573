"""A file of scripted answers, read and compared with the flows: a slip of the pen is told with its place.

helper:
  - calls: [{ orders.find: { customer: c-7 } }]
  - { fails: RateLimited, retry_after: 1s }
  - answer: { text: All is well., done: true }
reviewer:
  - { when: second draft, answer: { score: 9 } }
  - says: I would rather not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.duration import parse_duration
from dsl.definition.definition import Definition
from dsl.values.problems import did_you_mean
from interpreter.identity.strict_yaml import StrictLoader
from interpreter.providers.scripted import FAILING, ModelScript, Scripted


class UnusableModels(ValueError):
    """A file of scripted or recorded answers that cannot be used."""


KINDS = ("answer", "says", "calls", "fails")
KNOWN = (*KINDS, "retry_after", "when")


def read_models(path: Path, definitions: Iterable[Definition] = ()) -> ModelScript:
    """The script in the file, compared with the agents of `definitions` where there are any. Raises
    `UnusableModels`.
    """
    agents = {name: agent for each in definitions for name, agent in each.agents.items()}
    try:
        loader = StrictLoader(path.read_text(encoding="utf-8-sig"))
        root = loader.get_single_node()
        return ModelScript(path.name, _Reader(path, loader, agents).agents(root))
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise UnusableModels(f"{path} is not UTF-8 text: byte {error.start} is {byte:#04x}") from error
    except OSError as error:
        raise UnusableModels(f"{path} cannot be read: {error.strerror or error}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise UnusableModels(f"{path}{place}: {getattr(error, 'problem', None) or error}") from error


@dataclass(frozen=True, slots=True)
class _Reader:
    path: Path
    loader: StrictLoader
    known: Mapping[str, AgentDeclaration]

    def agents(self, root: yaml.Node | None) -> dict[str, Sequence[Scripted]]:
        self._value(root)
        if not isinstance(root, yaml.MappingNode):
            raise self._wrong(root, "the file maps names of agents to what their models say")
        return {name.value: self._agent(name, said) for name, said in root.value}

    def _agent(self, name: yaml.Node, said: yaml.Node) -> list[Scripted]:
        if self.known and name.value not in self.known:
            names = ", ".join(f"`{each}`" for each in sorted(self.known))
            hint = did_you_mean(str(name.value), list(self.known)) or f"; there are {names}"
            raise self._wrong(name, f"there is no agent `{name.value}`{hint}")
        agent = self.known.get(name.value)
        items = said.value if isinstance(said, yaml.SequenceNode) else [said]
        return [self._scripted(item, agent) for item in items]

    def _scripted(self, node: yaml.Node, agent: AgentDeclaration | None) -> Scripted:
        if not isinstance(node, yaml.MappingNode):
            raise self._wrong(node, "expected a mapping with `answer`, `says`, `calls` or `fails`")
        parts: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if key.value not in KNOWN:
                raise self._wrong(key, f"unknown key `{key.value}`{did_you_mean(str(key.value), list(KNOWN))}")
            parts[key.value] = value
        kinds = [kind for kind in KINDS if kind in parts and not (kind == "says" and "calls" in parts)]
        if len(kinds) != 1:
            raise self._wrong(node, "it needs one of `answer`, `says`, `calls` and `fails`")
        if "retry_after" in parts and "fails" not in parts:
            raise self._wrong(parts["retry_after"], "`retry_after` goes with `fails`")
        return Scripted(
            answer=self._value(parts.get("answer")),
            says=self._text(parts.get("says")),
            calls=tuple(self._calls(parts["calls"], agent)) if "calls" in parts else (),
            fails=self._kind(parts.get("fails")),
            retry_after=self._wait(parts.get("retry_after")),
            when=self._text(parts.get("when")),
        )

    def _calls(self, node: yaml.Node, agent: AgentDeclaration | None) -> Iterable[tuple[str, Any]]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise self._wrong(node, "`calls` is a list, as in `calls: [{ orders.find: { id: o-1 } }]`")
        for item in node.value:
            if not isinstance(item, yaml.MappingNode) or len(item.value) != 1:
                raise self._wrong(item, "a call is one name with its arguments, as in `{ orders.find: { id: o-1 } }`")
            name, arguments = item.value[0]
            used = [use.target for use in agent.uses] if agent is not None else []
            if agent is not None and name.value not in used:
                hint = did_you_mean(str(name.value), used) or f"; it uses {', '.join(used) or 'nothing'}"
                raise self._wrong(name, f"`{agent.name}` does not use `{name.value}`{hint}")
            given = self._value(arguments)
            yield str(name.value), {} if given is None else given

    def _kind(self, node: yaml.Node | None) -> str | None:
        if node is not None and node.value not in FAILING:
            hint = did_you_mean(str(node.value), FAILING) or f"; there are {', '.join(FAILING)}"
            raise self._wrong(node, f"a model does not fail with `{node.value}`{hint}")
        return None if node is None else str(node.value)

    def _wait(self, node: yaml.Node | None) -> float | None:
        if node is None:
            return None
        milliseconds = parse_duration(str(node.value))
        if milliseconds is None:
            raise self._wrong(node, f"`{node.value}` is no duration; write it as `1s` or `2m30s`")
        return milliseconds / 1000

    def _text(self, node: yaml.Node | None) -> str | None:
        if node is not None and not isinstance(node, yaml.ScalarNode):
            raise self._wrong(node, "a text is expected here")
        return None if node is None else str(node.value)

    def _value(self, node: yaml.Node | None) -> Any:
        return None if node is None else _plain(self.loader.construct_object(node, deep=True))

    def _wrong(self, node: yaml.Node | None, message: str) -> UnusableModels:
        place = f":{node.start_mark.line + 1}:{node.start_mark.column + 1}" if node is not None else ""
        return UnusableModels(f"{self.path}{place}: {message}")


def _plain(value: Any) -> Any:
    """As JSON has it: a fraction as the text of its digits where a number would lose some."""
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | bool | int) else str(value)
