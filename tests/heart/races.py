"""Random races, and what `stop when` ends: a part of the writer of random flows."""

from dataclasses import replace
from typing import Any


def race(writer: Any, place: Any) -> str:
    return writer.owed.choice([race_of_branches, race_for, stop_when])(writer, place)


def race_of_branches(writer: Any, place: Any) -> str:
    name = writer.fresh("r")
    finish = writer.owed.random() < 0.4
    inner = writer.beside(place, may_yield=True)
    branches = []
    for _ in range(writer.owed.randint(1, 3)):
        of_branch = replace(inner, texts=list(inner.texts), may_lose=place.may_lose or not finish)
        body, left = writer.block(of_branch)
        ending = "" if left else f"\nyield {writer.value(of_branch)}"
        branches.append(f"branch {writer.fresh('b')} {{\n{body}{ending}\n}}")
    first = writer.owed.choice(["", "", f" first {writer.owed.randint(1, len(branches))}"])
    shown = writer.fresh("l")
    told = f'join([each.branch for each in {name}], "+")' if first else f"{name}.branch"
    rest = " finish rest" if finish else ""
    place.texts.append(shown)
    return f"race{first} as {name}{rest} {{\n" + "\n".join(branches) + f"\n}}\nlet {shown} = {told}"


def race_for(writer: Any, place: Any) -> str:
    item, name = writer.fresh("i"), writer.fresh("p")
    finish = writer.owed.random() < 0.4
    inner = writer.beside(place, may_yield=True)
    inner.texts.append(item)
    inner.may_lose = place.may_lose or not finish
    body, left = writer.block(inner)
    ending = "" if left else f"\nyield {writer.value(inner)}"
    first = writer.owed.choice(["", " first 2", " first 4"])
    limit = writer.owed.choice(["", " up to 1", " up to 2"])
    rest = " finish rest" if finish else ""
    shown = writer.fresh("l")
    told = f'join({name}, "+")' if first else f'"{{{{ {name} }}}}"'
    items = f'["1", {writer.value(place)}, "7"]'
    head = f"race for {item} in {items}{limit} as {name}{first}{rest}"
    place.texts.append(shown)
    return f"{head} {{\n{body}{ending}\n}}\nlet {shown} = {told}"


def stop_when(writer: Any, place: Any) -> str:
    item, name = writer.fresh("i"), writer.fresh("p")
    inner = writer.beside(place, may_yield=True)
    inner.texts.append(item)
    inner.may_lose = True
    body, left = writer.block(inner)
    ending = "" if left else f"\nyield {writer.value(inner)}"
    going = writer.owed.choice(["", " keep going"])
    enough = writer.owed.choice([f"len(succeeded({name})) >= 1", f"len({name}) >= 2", f"len({name}) > 7"])
    shown = writer.fresh("l")
    head = f'parallel for {item} in ["1", {writer.value(place)}, "7"] as {name}{going} stop when {enough}'
    told = f'join([if each.ok then "y" else "n" for each in {name}], "+")'
    place.texts.append(shown)
    return f"{head} {{\n{body}{ending}\n}}\nlet {shown} = {told}"
