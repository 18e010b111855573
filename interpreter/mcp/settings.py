"""What a worker gives to servers: the tables `[mcp.NAME]` and `[auth.NAME]` of `steadflow.toml`, and its environment.

    [mcp.fs]
    root = "/srv/shared"                          # fills `{root}` in the address of the server `fs`
    [mcp.fs.env]
    LOG_LEVEL = "warn"                            # variables of its environment

    [auth.docs]                                   # what `auth "docs"` stands for
    bearer = { env = "DOCS_TOKEN" }               # over HTTP; or { file = "/run/secrets/docs" }, or the text itself
    [auth.docs.headers]
    X-Team = "support"
    [auth.docs.env]
    DOCS_TOKEN = { env = "DOCS_TOKEN" }           # for a server that is started

Without a table, `auth "DOCS_TOKEN"` is the variable of that name of the worker's environment: a server that is started
gets it, another is sent it as a bearer token. Nothing of this is in a definition, a lock file or a history.
"""

import os
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dsl.models.beside import NAME
from interpreter.mcp.errors import Unusable

PREFIX = "STEADFLOW_MCP"


@dataclass(frozen=True)
class Credential:
    """What one name of `auth` stands for."""

    headers: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Settings:
    """`where` is the file, for messages."""

    tables: Mapping[str, Any]
    where: str
    environment: Mapping[str, str] = field(repr=False)

    def filling(self, server: str, name: str) -> str:
        """What `{name}` in the address of `server` stands for."""
        variable = f"{PREFIX}_{server}_{name}".upper()
        said = self.environment.get(variable, self._table("mcp", server).get(name))
        if said is None and name == "python":
            return sys.executable
        if said is None:
            place = f'`[mcp.{server}] {name} = "…"` in {self.where}'
            raise Unusable(
                f"nothing says what `{{{name}}}` of the server `{server}` is: write {place}, or set {variable}"
            )
        if isinstance(said, Mapping):
            raise Unusable(f"{self.where}, [mcp.{server}], `{name}`: expected a text")
        return str(said)

    def variables(self, server: str) -> dict[str, str]:
        return dict(self._values(self._table("mcp", server).get("env", {}), f"[mcp.{server}.env]"))

    def credential(self, name: str) -> Credential:
        table = self._table("auth", name)
        if not table:
            return self._from_environment(name)
        where = f"[auth.{name}]"
        for odd in table.keys() - {"bearer", "headers", "env"}:
            raise Unusable(f"{self.where}, {where}: there is no setting `{odd}`; there are bearer, headers, env")
        headers = dict(self._values(table.get("headers", {}), where))
        if "bearer" in table:
            headers["Authorization"] = f"Bearer {self._value(table['bearer'], f'{where}, `bearer`')}"
        return Credential(headers, dict(self._values(table.get("env", {}), where)))

    def _from_environment(self, name: str) -> Credential:
        value = self.environment.get(name)
        if value is None:
            raise Unusable(f"there is no credential `{name}`: set the variable, or write [auth.{name}] in {self.where}")
        return Credential({"Authorization": f"Bearer {value}"}, {name: value})

    def _table(self, kind: str, name: str) -> Mapping[str, Any]:
        table = self.tables.get(kind, {}).get(name, {}) if isinstance(self.tables.get(kind, {}), Mapping) else None
        if not isinstance(table, Mapping):
            raise Unusable(f"{self.where}: [{kind}.{name}] is no table")
        return table

    def _values(self, table: Any, where: str) -> Iterator[tuple[str, str]]:
        if not isinstance(table, Mapping):
            raise Unusable(f"{self.where}, {where}: expected a table of texts")
        for name, said in table.items():
            yield name, self._value(said, f"{where}, `{name}`")

    def _value(self, said: Any, where: str) -> str:
        match said:
            case str():
                return said
            case {"env": str(variable)} if len(said) == 1:
                if variable not in self.environment:
                    raise Unusable(f"{self.where}, {where}: the variable {variable} is not set")
                return self.environment[variable]
            case {"file": str(path)} if len(said) == 1:
                try:
                    return Path(path).expanduser().read_text(encoding="utf-8").strip()
                except OSError as error:
                    raise Unusable(f"{self.where}, {where}: {path} cannot be read: {error.strerror}") from error
            case _:
                raise Unusable(f'{self.where}, {where}: expected a text, {{ env = "NAME" }} or {{ file = "PATH" }}')


def settings_for(folder: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Those of the nearest `steadflow.toml`, from `folder` upwards. Raises `Unusable`."""
    folder = folder.resolve()
    for each in (folder, *folder.parents):
        path = each / NAME
        if path.is_file():
            try:
                return Settings(tomllib.loads(path.read_text(encoding="utf-8-sig")), str(path), environment)
            except RecursionError as error:
                raise Unusable(f"{path} is nested too deep") from error
            except (OSError, ValueError) as error:  # no TOML, no UTF-8, or a number with too many digits
                raise Unusable(f"{path} cannot be used: {error}") from error
    return Settings({}, NAME, environment)
