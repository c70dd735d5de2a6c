"""docs/audit.md: its program verifies a real export and sees what was done to it; its codes are the command's."""

import re

import pytest

from tenants.audit.actions import Action
from tenants.audit.verifying import SENTENCES
from tests.docs.pages import PACKAGES, ROOT, read

PAGE = read("docs/audit.md")


@pytest.fixture
def program():
    names = {"__name__": "outsider"}
    exec(compile(PAGE.blocks("python")[0], "docs/audit.md", "exec"), names)
    return names["verify"]


@pytest.fixture
def export(cli, add_tenant, tmp_path):
    """The lines of an export of three seals."""
    add_tenant("t")
    for name in ("甲处", "乙处", "丙处"):
        cli.ok("unit", "add", name, "--tenant", "t")
        cli.ok("audit", "seal")
    cli.ok("audit", "export", "--tenant", "t", tmp_path / "out")
    return (tmp_path / "out").read_bytes().splitlines(keepends=True)


def test_the_program_verifies_an_export(cli, export, program, tmp_path):
    (tmp_path / "out").write_bytes(b"".join(export))
    head = program(tmp_path / "out")
    cli.ok("audit", "verify", "--tenant", "t", "--head", head)


@pytest.mark.parametrize(
    "how",
    [
        lambda lines: [line.replace("乙处".encode(), "丁处".encode()) for line in lines],
        lambda lines: [line for line in lines if "乙处".encode() not in line],
        lambda lines: [*lines[:1], *lines],
        lambda lines: [line for line in lines if b'"number": 2' not in line],
        lambda lines: [*lines[:-1], lines[-1].replace(b"-", b"_", 1)],
        lambda lines: lines[:-1],
    ],
)
def test_the_program_sees_what_was_done_to_it(export, program, tmp_path, how):
    (tmp_path / "out").write_bytes(b"".join(how(export)))
    with pytest.raises(AssertionError):
        program(tmp_path / "out")


def test_the_codes_of_the_page_are_those_of_the_program():
    assert {code.strip("`") for code, _ in PAGE.table("核验")} == set(SENTENCES)


def test_every_action_is_written_by_somebody():
    said = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if path.name != "actions.py")
    written = {name for path in said for name in re.findall(r"Action\.([A-Z_]+)", path.read_text(encoding="utf-8"))}
    assert written == set(Action.__members__)
