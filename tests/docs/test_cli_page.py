"""docs/cli.md is what the generator writes, and the commands speak Chinese."""

import re

import click
import pytest

from tests.docs.generate import ITEM_KEYS, PAGE, PASS_KEYS, commands, page
from tests.docs.pages import PACKAGES, ROOT

CHINESE = re.compile(r"[\u4e00-\u9fff]")
COMMANDS = dict(commands())
CONTRACT = (
    *("pass", "applied", "written", "conflicts", "settled", "rejected", "restored", "proposals"),
    *("added", "missing", "duplicated", "waiting", "messages", "stopped"),
)


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_commands_on_data_take_json():
    options = {name: {word for param in command.params for word in param.opts} for name, command in COMMANDS.items()}
    assert not [name for name, words in options.items() if "--tenant" in words and "--json" not in words]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_in_chinese(name):
    command = COMMANDS[name]
    assert CHINESE.search(command.help or "")
    for option in (p for p in command.params if isinstance(p, click.Option)):
        assert CHINESE.search(option.help or ""), option.name


def test_the_keys_of_a_pass_are_those_of_the_contract():
    assert set(CONTRACT) <= set(PASS_KEYS)
    assert list(ITEM_KEYS)[:6] == ["row", "at", "field", "base", "sheet", "database"]


def test_every_variable_that_the_code_reads_is_on_the_page():
    sources = (path.read_text(encoding="utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    read = {name for source in sources for name in re.findall(r"\bZWGK_[A-Z_]+\b|\bDATABASE_URL\b", source)}
    assert read == set(re.findall(r"\| `(ZWGK_[A-Z_]+|DATABASE_URL)` \|", page()))
