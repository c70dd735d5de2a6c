"""Sentences of the domain reach people who have no command line: over HTTP, in pages, in workbooks. They say what to do
in words; a command stands by itself, for the command line to add (`by_command`, `told`)."""

import ast
import re
from collections.abc import Iterator

from tests.docs.pages import PACKAGES, ROOT

COMMAND = re.compile(r"zwgk [a-z]+")
BY_ITSELF = re.compile(r"（?zwgk ")
# what only the command line prints
PRINTED = ("core/commands", "bridges/commands", "bridges/demo", "core/backup", "core/doctor.py")
PRINTED += ("core/decompose/render.py",)


def apart(tree: ast.Module) -> Iterator[ast.expr]:
    """Docstrings, and what is said to be for the command line."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(ast.Constant()) | ast.keyword("by_command"):
                yield node.value
            case ast.Assign([ast.Name(name)]) if name.lower().endswith("by_command"):
                yield node.value


def text_of(node: ast.AST) -> str:
    """A text as it is written; of what is put into it the expression."""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(one) if isinstance(one, ast.Constant) else "{}" for one in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def with_a_command(source: str) -> list[str]:
    """The texts in which a command stands after other words."""
    tree = ast.parse(source)
    left_out = {id(inner) for one in apart(tree) for inner in ast.walk(one)}
    for node in ast.walk(tree):  # of what is put together the whole counts, and no part of it
        if isinstance(node, ast.JoinedStr):
            left_out |= {id(one) for one in node.values}
    texts = [text_of(node) for node in ast.walk(tree) if id(node) not in left_out]
    return [text for text in texts if COMMAND.search(text) and not BY_ITSELF.match(text)]


def test_no_command_in_a_sentence():
    found = {}
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(PRINTED):
            found[name] = with_a_command(path.read_text(encoding="utf-8"))
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_it_finds_one():
    said = (
        '"""Like zwgk demo."""\nclass A:\n    by_command = "可用 zwgk plan list。"\n    how = f"zwgk plan show {x}"\n'
    )
    assert with_a_command(said) == []
    assert with_a_command(f'{said}    text = f"请{{x}}，再运行 zwgk plan list。"') == ["请{}，再运行 zwgk plan list。"]
    assert with_a_command(f'{said}    def f():\n        yield "请先运行 zwgk plan list。"') != []
