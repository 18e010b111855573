"""Sensible texts that the check takes, and beside each one that it must not."""

import pytest

from dsl.analysis import analyse
from dsl.definition.seal import seal
from dsl.definition.unseal import unseal
from dsl.source import Source

DECLARED = """edition 1
tool words(docs: [text] at most 13) -> text read
tool en(k: "a" | "b") -> text read
tool next(n: number) -> text? read
"""

TAKEN = {
    "a var of literals": 'var ws = ["a", "b"] set ws = ws + [name] return join(ws)',
    "a var of a choice": 'var s = if c then "a" else "b" set s = name return s',
    "a fraction that turns out a number": 'var best = 0.0 set best = n return "{{ best }}"',
    "a fraction that turns out a decimal": 'var best = 0.5 set best = decimal("1") return "{{ best }}"',
    "an int that turns out a number": 'var best = 0 if n > best { set best = n } return "{{ best }}"',
    "an int that turns out a fraction": 'var share = 1 set share = share / 3 return "{{ share }}"',
    "an int in a list": 'var best = [0] set best = best + [n] return "{{ best }}"',
    "a var of a choice that may be null": 'var s = if c then "a" else null set s = name return s',
    "a fraction that may be null": 'var s = if c then 0.5 else null set s = n return "{{ s }}"',
    "the values of a map": 'var s = { ...{ a: 0.5 }, ...k } set s = { ...s, b: n } return "{{ s }}"',
    "json of a list of several kinds": 'var j: json = [1, name, { a: n, b: [null, 1h] }] return "{{ j }}"',
    "a map of lists": 'var j: map[json] = { a: [1, name], b: n } return "{{ j }}"',
    "a fraction in a record": 'var r = { best: 0.5 } set r = { best: n } return "{{ r.best }}"',
    "a var in a loop": """var best = 0.0
      loop budget 3 iterations { set best = if n > best then n else best until best > 5 } on exhausted {}
      return "{{ best }}" """,
    "a var keeps its bound": "var good = last(xs, 8) step w = words(docs: good) return w",
    "a value that each round sets": """var best: number
      loop budget 3 iterations { set best = n until best > 5 } on exhausted { }
      return "{{ best }}" """,
    "a value that is set before the next round": """var best: number
      loop budget 3 iterations { set best = n if c { continue } until best > 5 } on exhausted { }
      return "{{ best }}" """,
    "a value that each item sets": 'var got: text for a in ["x", name] { set got = a } return got',
    "a value that is set before the next item": """var got: number
      for a in [1, 0.5] { set got = a if c { continue } if n > 3 { break } } return "{{ got }}" """,
    "a list that is written out, and left": """for a in ["x"] { return a } return "n" """,
    "a test in a let": 'let has = x != null if has { return x } return "n"',
    "a negated test in a let": 'let none = x == null if none { return "n" } return x',
    "two tests in lets": 'let a = x != null let b = a and c if b { return x } return "n"',
    "an item": 'if ys[0] != null { return ys[0] } return "n"',
    "the last item": 'if ys[-1] == null { return "n" } return ys[-1]',
    "a value of a map": 'if m["a"] != null { return m["a"] } return "n"',
    "an item by its position": 'if ys[at] != null { return ys[at] } return "n"',
    "an item of each round": """var s = "" for i in range(3) { if ys[i] != null { set s = s + ys[i] } } return s""",
    "a value by its key": 'for key in keys(m) at most 9 { if m[key] != null { return m[key] } } return "n"',
    "an item in a list of some": "return join([ys[i] for i in range(3) if ys[i] != null])",
    "equal to what is there": 'if x == name { return x } return "n"',
    "not equal to what is there": 'if name != x { return "n" } return x',
    "a test that is chosen": 'let has = if x == null then false else c if has { return x } return "n"',
    "either of two choices": 'if (if c then x == null else x == null) { return "n" } return x',
    "a text of a list": 'if name in ["a", "b"] { step r = en(k: name) return r } return "x"',
    "a text that is one": 'if name == "a" { step r = en(k: name) return r } return "x"',
    "a field below an item": 'if rs[0].x != null { return rs[0].x } return "n"',
}
REFUSED = {
    "an int and a text": ('var best = 0 set best = name return "{{ best }}"', "SF201"),
    "a var of texts and null": ('var s = "a" set s = x return s', "SF202"),
    "a fraction and a text": ('var best = 0.0 set best = name return "{{ best }}"', "SF201"),
    "a longer list": ("var good = last(xs, 8) set good = good + xs step w = words(docs: good) return w", "SF201"),
    "a loop that time may end": (
        """var best: number
        loop budget 3 iterations, 1h { set best = n until best > 5 } on exhausted { }
        return "{{ best }}" """,
        "SF103",
    ),
    "a round that goes on before": (
        """var best: number
        loop budget 3 iterations { if c { continue } set best = n until best > 5 } on exhausted { }
        return "{{ best }}" """,
        "SF103",
    ),
    "items of a list that may be empty": ("var got: text for a in xs { set got = a } return got", "SF103"),
    "items of no list": ("var got: text for a in [] { set got = name } return got", "SF103"),
    "what is null is not true either": (
        'let u = if c then c else null if u != null or u == true { return "n" } return if u then "y" else "z"',
        "SF201",
    ),
    "what is null is not false either": (
        """let u = if c then c else null if u != null or (u == false and n > 3) { return "n" }
        return if u then "y" else "z" """,
        "SF202",
    ),
    "an item that is left before": (
        'var got: text for a in ["x"] { if c { continue } set got = a } return got',
        "SF103",
    ),
    "an item at which the loop is left": (
        'var got: text for a in ["x"] { if c { break } set got = a } return got',
        "SF103",
    ),
    "a test that a round undoes": (
        """var y = x for a in [1, 2] { step z = next(n: a) set y = z } return y""",
        "SF202",
    ),
    "a let about a var that was set": (
        'var y = x let has = y != null step z = next(n: 1) set y = z if has { return y } return "n"',
        "SF202",
    ),
    "another item": ('if ys[0] != null { return ys[1] } return "n"', "SF202"),
    "an item at a position that was set": (
        'var i = 0 if ys[i] != null { set i = 1 return ys[i] } return "n"',
        "SF202",
    ),
    "an item at a position that rounds set": (
        """var i = 0 var s = ""
        if ys[i] != null { loop budget 3 iterations { set s = s + ys[i] set i = i + 1 until i > 1 } on exhausted { } }
        return s""",
        "SF202",
    ),
    "a let about a position that was set": (
        'var i = 0 let has = ys[i] != null set i = 1 if has { return ys[i] } return "n"',
        "SF202",
    ),
    "an item of another round": (
        """for i in range(3) { if ys[i] == null { return "n" } }
        for i in range(3) { return ys[i] }
        return "n" """,
        "SF202",
    ),
    "equal to what may be null": ('if x == ys[0] { return x } return "n"', "SF202"),
    "not equal": ('if x != name { return x } return "n"', "SF202"),
    "a test that one choice leaves out": (
        'let has = if c then true else x != null if has { return x } return "n"',
        "SF202",
    ),
    "an item of a var that was set": (
        'var zs = ys if zs[0] != null { set zs = ys return zs[0] } return "n"',
        "SF202",
    ),
    "a text that may be another": ('if name in ["a", "c"] { step r = en(k: name) return r } return "x"', "SF201"),
    "a text that is not": ('if name not in ["a", "b"] { step r = en(k: name) return r } return "x"', "SF201"),
}


def text_of(body: str) -> str:
    return (
        DECLARED
        + f"""flow main(name: text, c: bool, n: number, x: text?, xs: [text] at most 100, ys: [text?] at most 3,
        m: map[text?], k: map[int], at: int, rs: [{{ x: text? }}] at most 2) -> text budget 1d {{ {body} }}"""
    )


@pytest.mark.parametrize("name", TAKEN)
def test_a_sensible_text_is_taken(name: str) -> None:
    source = Source("case.flow", text_of(TAKEN[name]))
    analysis = analyse(source)
    assert not [each.message for each in analysis.diagnostics if each.severity == "error"]
    unseal(seal(analysis.facts, source, gates=analysis.gates, spends=analysis.spends).json)


@pytest.mark.parametrize("name", REFUSED)
def test_one_that_is_not_is_refused(name: str) -> None:
    body, code = REFUSED[name]
    assert code in [each.code for each in analyse(Source("case.flow", text_of(body))).diagnostics]
