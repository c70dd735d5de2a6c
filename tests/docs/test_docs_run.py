"""What the documentation tells people to type works, in the order in which it is written."""

import os
import re
import shlex
import shutil

import pytest

from core.cli import DONE, NEEDS_PERSON
from tests.docs.pages import PACKAGES, PAGES, ROOT, name_of, read

READMES = ("README.md", "README.zh-CN.md")
SAMPLE = ROOT / "core/documents/samples/demo.txt"
NOT_RUN = {
    r"make (demo|test)\b.*": "the main job and the test suite: this test would start itself",
    r"zwgk (serve|demo)\b.*": "runs until it is interrupted",
}


def reason_not_to_run(command):
    return next((reason for form, reason in NOT_RUN.items() if re.fullmatch(form, command)), None)


def test_every_command_is_run_or_excused():
    targets = re.findall(r"^(\w+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    for page in map(read, PAGES):
        for command in page.commands():
            words = command.split()
            assert words[0] == "zwgk" or reason_not_to_run(command), (
                f"{page.path.name}: neither run nor excused: {command}"
            )
            assert words[0] != "make" or words[1] in targets, f"{page.path.name}: no such target: {command}"


@pytest.mark.parametrize("path", [p for p in PAGES if any("zwgk " in c for c in read(p).commands())], ids=name_of)
def test_the_commands_of_a_page_run(path, cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in read(path).commands():
        if reason_not_to_run(command):
            continue
        words = shlex.split(command)
        for name in (word for word in words if word.endswith(".txt") and not os.path.exists(word)):
            shutil.copy(SAMPLE, name)
        outcome = cli(*words[1:])
        assert outcome.status in (DONE, NEEDS_PERSON), (command, outcome)


@pytest.mark.parametrize("path", [p for p in PAGES if read(p).blocks("python")], ids=name_of)
def test_the_python_of_a_page_runs(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "example"}
    for number, block in enumerate(read(path).blocks("python"), 1):
        exec(compile(block, f"{path.name} block {number}", "exec"), names)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_lead_somewhere(path):
    page = read(path)
    for link in page.links():
        target, _, anchor = link.partition("#")
        found = (path.parent / target).resolve() if target else path
        assert found.exists(), f"{link}: no such file"
        assert found.is_relative_to(ROOT), f"{link}: leads out of the repository"
        assert not anchor or anchor in read(found).anchors(), f"{link}: no such heading"


def test_pages_that_the_code_names_exist():
    sources = [path for package in (*PACKAGES, "tests") for path in (ROOT / package).rglob("*.py")]
    named = {name for path in sources for name in re.findall(r"docs/[\w/-]+\.md", path.read_text(encoding="utf-8"))}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_page_is_in_the_index():
    linked = {(ROOT / "docs" / link.partition("#")[0]).resolve() for link in read("docs/README.md").links()}
    assert [name_of(path) for path in PAGES if path not in linked and path != ROOT / "docs/README.md"] == []


def test_both_readmes_have_the_same_commands():
    english, chinese = (read(name).commands() for name in READMES)
    assert english == chinese


def test_both_readmes_have_the_same_links():
    english, chinese = ({link for link in read(name).links() if "README" not in link} for name in READMES)
    assert english == chinese
