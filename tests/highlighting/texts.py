"""Flow texts of all sorts: whole files, parts of them, and what is no flow text at all."""

import re

from tests.house.checkout import ROOT

EXAMPLES = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").rglob("*.flow"))}
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("*/*.md"))]
BLOCKS = [
    block
    for page in PAGES
    for block in re.findall(r"^```flow *\w*\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
]
BROKEN = {
    "nothing": "",
    "a word": "timeout",
    "a quote too few": 'flow f() { step x = mail.send(to: "a) }\n\ntype T { a: text }\n',
    "a brace too few": "flow f() { if a { step x = t() \n\nflow g() { return 1 }\n",
    "a template that is not closed": 'agent a() -> text { prompt "{{ a " }',
    "long quotes that are not closed": 'agent a() -> text { prompt """ {{ a }} \n',
    "signs of other languages": "let x = a ? b : c; $x @y 'z' “q” 24 hours $1 1 eur f\"{x}\"",
    "carriage returns": "edition 1\r\n# x\r\ntype T { a: text }\r\n",
    "a hidden character": "edition 1\ntype T { a\u202e: text }\n",
    "other letters": "größe ¥ 日本 \U0001f600",
    "YAML": "name: x\nsteps:\n  - run: echo {{ a }}\n",
    "Python": "def f(x: int) -> str:\n    return f'{x!r}'\n",
    "a nest": "(" * 150 + ")" * 150,
}
