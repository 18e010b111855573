"""The way of an answer of a model to the one who is asked is told from end to end."""

import pytest

from dsl.analysis import analyse
from dsl.source import Source

AGENT = 'edition 1\nagent who(q: text) -> { name: text, sure: bool } { model "m" prompt "{{ q }}" }\n'
ASKING = 'await approval ok "ok?" { from person p timeout 1h then reject } return ok.approved'
ASK = f"flow ask(p: text) -> bool {{ {ASKING} }}\n"


def ways(text: str) -> list[list[tuple[str, str]]]:
    """For each SF502 its labels: what they say, and the text that they point at."""
    source = Source("way.flow", AGENT + text)
    found = [each for each in analyse(source).diagnostics if each.code == "SF502"]
    return [[(label.text, source.slice(label.span)) for label in (each.primary, *each.secondary)] for each in found]


def test_in_one_flow() -> None:
    body = 'step w = who(q: q) await approval ok "ok?" { from person w.name timeout 1h then reject } return ok.approved'
    assert ways(f"flow main(q: text) -> bool {{ {body} }}") == [
        [("", "person w.name"), ("the model answers here", "who(q: q)")],
    ]


def test_through_a_parameter() -> None:
    main = "flow main(q: text) -> bool { step w = who(q: q) step a = ask(p: w.name) return a }"
    assert ways(ASK + main) == [
        [
            ("", "person p"),
            ("given to `ask` as `p`", "step a = ask(p: w.name)"),
            ("the model answers here", "who(q: q)"),
        ]
    ]


def test_a_group_through_a_parameter() -> None:
    flows = """
      type Team = "a" | "b"
      flow ask_team(t: Team) -> bool {
        await approval ok "ok?" { from "c", group t timeout 1h then reject }
        return ok.approved
      }
      flow main(q: text) -> bool {
        step w = who(q: q)
        step a = ask_team(t: if w.sure then "a" else "b")
        return a
      }
    """
    assert ways(flows) == [
        [
            ("", "group t"),
            ("given to `ask_team` as `t`", 'step a = ask_team(t: if w.sure then "a" else "b")'),
            ("the model answers here", "who(q: q)"),
        ]
    ]


def test_through_flows_that_give_it_on_and_give_it_back() -> None:
    flows = """
      flow between(x: text) -> bool { step a = ask(p: x) return a }
      flow found(q: text) -> text { step w = who(q: q) return w.name }
      flow main(q: text) -> bool { step f = found(q: q) step b = between(x: f) return b }
    """
    assert ways(ASK + flows) == [
        [
            ("", "person p"),
            ("given to `ask` as `p`", "step a = ask(p: x)"),
            ("given to `between` as `x`", "step b = between(x: f)"),
            ("the model answers here", "who(q: q)"),
        ]
    ]


def test_by_the_choice_of_the_flow_that_asks() -> None:
    flows = """
      flow first_way() -> bool { step a = ask(p: "ann") return a }
      flow second_way() -> bool { step b = ask(p: "bob") return b }
      flow main(q: text) -> bool {
        step w = who(q: q)
        if w.sure { step a = first_way() return a }
        step b = second_way()
        return b
      }
    """
    assert ways(ASK + flows) == [
        [
            ("", "person p"),
            ("given to `ask` as `p`", 'step a = ask(p: "ann")'),
            ("whether `first_way` is called", "step a = first_way()"),
            ("the model answers here", "who(q: q)"),
        ]
    ]


CHOSEN = """
  flow ask_about(p: text, about: text) -> bool {{
    await approval ok "{{{{ about }}}}?" {{ from person p timeout 1h then reject }} return ok.approved
  }}
  flow main(q: text) -> bool {{
    step w = who(q: q)
    if w.sure {{ step a = ask_about(p: "ann", about: q) return a }}
    step b = ask_about(p: "bob", about: {about})
    return b
  }}
"""


def test_by_the_choice_between_two_calls_that_ask_the_same_of_different_people() -> None:
    ((*_, end),) = ways(CHOSEN.format(about="q"))
    assert end == ("the model answers here", "who(q: q)")


def test_calls_that_ask_different_things_are_no_choice_of_a_person() -> None:
    assert ways(CHOSEN.format(about='"something else"')) == []


def test_by_the_place_in_a_list_of_the_models() -> None:
    text = """
      agent some(q: text) -> { names: [text] at most 3 } { model "m" prompt "{{ q }}" }
      flow main(q: text, people: [text] at most 3) {
        step w = some(q: q)
        for at, name in w.names { await approval ok "ok?" { from person people[at] timeout 1h then reject } }
      }
    """
    ((*_, end),) = ways(text)
    assert end == ("the model answers here", "some(q: q)")


@pytest.mark.parametrize(
    "chosen",
    [
        "var p = w.name",
        'var p = "ann" set p = w.name',
        "let p = first(people, w.n)[0]",
        "let p = values(w.by)[0]",
        'var p = "ann" loop again budget 2 iterations { until w.n > 3 } on exhausted { set p = "bob" }',
        'var p = "ann" loop again budget 2 iterations { until q == "x" } on exhausted { set p = w.name }',
        'var p = "ann" if w.n > 3 { set p = "bob" }',
        'var p = "ann" for each in people { if w.n > 3 { break } set p = each }',
        'var p = "ann" var b = "b" var c = "c" loop again budget 4 iterations { set p = b set b = c set c = w.name }',
        'if w.n > 3 as p { yield "ann" } else { yield "bob" }',
        'match w.n as p { 1, 2 => { yield "ann" } else => { yield "bob" } }',
        'match w.name as p { "x" => { yield q } "y" => { yield "cem" } else => { yield "bob" } }',
        'var p = "ann" match w.n { 1 => { set p = "bob" } else => { } }',
        (
            'var p = "ann" loop outer budget 2 iterations '
            '{ loop inner budget 2 iterations { if w.n > 3 { break outer } } set p = "bob" }'
        ),
    ],
)
def test_by_whatever_way_a_value_comes_of_the_answer(chosen: str) -> None:
    text = f"""
      agent some(q: text) -> {{ name: text, n: int, by: map[text] }} {{ model "m" prompt "{{{{ q }}}}" }}
      flow main(q: text, people: [text] at most 3) -> bool {{
        step w = some(q: q)
        {chosen}
        {ASKING}
      }}
    """
    ((*_, end),) = ways(text)
    assert end == ("the model answers here", "some(q: q)")


@pytest.mark.parametrize(
    "chosen",
    [
        'var p = "ann" set p = q',
        "let p = first(people, len(q))[0]",
        'var p = "ann" loop again budget 2 iterations { until q == "x" } on exhausted { set p = "bob" }',
        'match q as p { "x" => { yield "ann" } else => { yield "bob" } }',
        (
            'var p = "ann" loop outer budget 2 iterations '
            '{ loop inner budget 2 iterations { if w.sure { break } } set p = "bob" until q == "x" }'
        ),
    ],
)
def test_what_comes_of_the_input_is_no_choice_of_the_models(chosen: str) -> None:
    assert (
        ways(f"flow main(q: text, people: [text] at most 3) -> bool {{ step w = who(q: q) {chosen} {ASKING} }}") == []
    )


def test_by_a_question_whose_words_have_no_value() -> None:
    """What the model answers decides whether the handler chooses another person."""
    body = """
      step w = who(q: q)
      var p = "ann"
      try {
        await approval first "{{ int(w.name) }}?" { from "team" timeout 1h then reject }
      } on error { set p = "bob" }
      await approval ok "ok?" { from person p timeout 1h then reject }
      return ok.approved
    """
    ((*_, end),) = ways(f"flow main(q: text) -> bool {{ {body} }}")
    assert end == ("the model answers here", "who(q: q)")


def test_through_flows_that_call_each_other() -> None:
    """What `back` gives is known only once `forth` is, which calls it."""
    flows = """
      flow forth(q: text, n: int) -> text depth 3 {
        if n > 0 { step b = back(q: q, n: n - 1) return b }
        step w = who(q: q)
        return w.name
      }
      flow back(q: text, n: int) -> text depth 3 { step f = forth(q: q, n: n) return f }
      flow main(q: text) -> bool { step b = back(q: q, n: 2) step a = ask(p: b) return a }
    """
    assert ways(ASK + flows) == [
        [
            ("", "person p"),
            ("given to `ask` as `p`", "step a = ask(p: b)"),
            ("the model answers here", "who(q: q)"),
        ]
    ]


def test_a_long_row_of_flows_and_names_is_followed() -> None:
    flows = "".join(f"flow f{i}(p: text) -> bool {{ step a = f{i + 1}(p: p) return a }}\n" for i in range(150))
    last = f"flow f150(p: text) -> bool {{ {ASKING} }}\n"
    lets = "".join(f"let v{i + 1} = v{i} " for i in range(300))
    main = f"flow main(q: text) -> bool {{ step w = who(q: q) let v0 = w.name {lets} step a = f0(p: v300) return a }}"
    ((*_, end),) = ways(flows + last + main)
    assert end == ("the model answers here", "who(q: q)")


def test_at_a_later_stage() -> None:
    stages = 'from "leads" timeout 1h then ask from person w.name timeout 2h then reject'
    body = f'step w = who(q: q) await approval ok "ok?" {{ {stages} }} return ok.approved'
    assert ways(f"flow main(q: text) -> bool {{ {body} }}") == [
        [("", "person w.name"), ("the model answers here", "who(q: q)")],
    ]


def test_how_long_people_are_asked_in_one_of_two_stages() -> None:
    stages = 'from "a" timeout 1h then ask from "b" timeout w.wait at most 2h then reject'
    text = f"""
      agent slow(q: text) -> {{ wait: duration }} {{ model "m" prompt "{{{{ q }}}}" }}
      flow main(q: text) -> bool {{ step w = slow(q: q) await approval ok "ok?" {{ {stages} }} return ok.approved }}
    """
    assert ways(text) == [[("", "w.wait"), ("the model answers here", "slow(q: q)")]]


def test_by_a_flow_that_fails_as_a_model_says() -> None:
    flows = """
      flow fails(q: text) -> text { step w = who(q: q) if w.sure { fail "no" } return q }
      flow main(q: text) -> bool {
        var p = "ann"
        try { step s = fails(q: q) } on error { set p = "bob" }
        step a = ask(p: p)
        return a
      }
    """
    ((*_, end),) = ways(ASK + flows)
    assert end == ("the model answers here", "who(q: q)")


def test_what_a_flow_only_passes_on_to_itself_is_no_choice() -> None:
    flows = """
      flow again(p: text) -> bool depth 2 {
        step w = who(q: "now?")
        if w.sure { step a = again(p: p) return a }
        await approval ok "ok?" { from person p timeout 1h then reject }
        return ok.approved
      }
      flow main(q: text) -> bool { step a = again(p: "ann") return a }
    """
    assert ways(flows) == []
    assert ways(flows.replace("again(p: p)", 'again(p: "bob")')) != []


def test_among_three_calls_two_that_ask_the_same_are_enough() -> None:
    third = 'if q == "z" { step c = ask_about(p: "cem", about: "other") return c }'
    ((*_, end),) = ways(CHOSEN.format(about="q").replace("step w = who(q: q)", f"step w = who(q: q) {third}"))
    assert end == ("the model answers here", "who(q: q)")


def test_a_way_that_was_gone_before_hides_no_other() -> None:
    flows = """
      flow asks(a: text, c: text) -> bool depth 2 {
        if c == "x" { step again = asks(a: "{{ a }}{{ c }}", c: c) return again }
        await approval ok "ok?" { from person a timeout 1h then reject }
        return ok.approved
      }
      flow main(q: text) -> bool { step w = who(q: q) step b = asks(a: "x", c: w.name) return b }
    """
    ((*_, end),) = ways(flows)
    assert end == ("the model answers here", "who(q: q)")


def test_an_agent_that_uses_what_nobody_knows_is_no_bug_of_ours() -> None:
    flows = """
      agent odd(q: text) -> text { model "m" prompt "{{ q }}" use nobody budget 3 turns }
      flow main(q: text) -> bool { step a = ask(p: q) step b = odd(q: q) return a }
    """
    assert ways(ASK + flows) == []


def test_of_several_ways_the_first_by_name_is_told() -> None:
    names = "abcdef"
    parameters = ", ".join(f"{name}: text" for name in names)
    given = ", ".join(f"{name}: w.name" for name in reversed(names))
    written = "".join(f"{{{{ {name} }}}}" for name in names)
    flows = f"""
      flow asks({parameters}) -> bool {{
        await approval ok "ok?" {{ from person "{written}" timeout 1h then reject }}
        return ok.approved
      }}
      flow main(q: text) -> bool {{ step w = who(q: q) step a = asks({given}) return a }}
    """
    (((_, _), (told, _), _),) = ways(flows)
    assert told == "given to `asks` as `a`"


def test_a_var_that_nobody_knows_is_no_bug_of_ours() -> None:
    body = 'for x in xs { set nobody = x await approval ok "ok?" { from person x timeout 1h then reject } }'
    analysis = analyse(Source("case.flow", f"edition 1\nflow main(xs: [text] at most 3) {{ {body} }}"))
    assert [each.code for each in analysis.diagnostics if each.severity == "error"] == ["SF101"]


def test_of_a_call_with_a_name_that_nobody_knows_nothing_is_made() -> None:
    """It is told as an unknown name (SF101), and the other ways are found all the same."""
    flows = """
      flow main(q: text) -> bool {
        step w = who(q: q)
        if w.sure { step a = ask(p: nobody) return a }
        step b = ask(p: "bob")
        return b
      }
    """
    assert len(ways(ASK + flows)) == 1


def test_beside_others_of_a_stage() -> None:
    stages = 'from all of "leads", person q, person w.name timeout 1h then reject'
    body = f'step w = who(q: q) await approval ok "ok?" {{ {stages} }} return ok.approved'
    assert [labels[0] for labels in ways(f"flow main(q: text) -> bool {{ {body} }}")] == [("", "person w.name")]
