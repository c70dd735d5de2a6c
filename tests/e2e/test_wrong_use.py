"""Wrong use of the command line: one Chinese sentence, status 2, and no database is opened for it."""

import re

import pytest

from core.runtime import Runtime
from tests.support.cli import Cli


@pytest.fixture
def alone(tmp_path):
    """The command line where there is no database to open."""
    return Cli(Runtime({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, tmp_path / "home"))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("plan list --tenant", "选项 --tenant 缺少值。"),
        ("plan list --tenant t --json=3", "选项 --json 不带值。"),
        ("plan list -z", "没有选项 -z。"),
        ("plan show --tenant t --plan x", "选项 --plan 的值不合要求，须是 1 到 9223372036854775807 之间的整数。"),
        ("plan list x --tenant t", "多余的参数：x。"),
        ("plan show", "缺少选项 --tenant。"),
        ("decompose", "缺少参数 FILE。"),
        ("decompose x.txt --format xml", "选项 --format 的值不合要求，可选：json、table。"),
        ("plan", "请写明子命令。"),
        ("paln", "没有命令 paln。"),
        ("round send --tenant t --out x --due 明天", "选项 --due：“明天”不是日期，应如 2024-06-30。"),
        ("sheet export --tenant t .", "参数 OUT：须是一个文件，不是文件夹。"),
        ("sheet sync --tenant t .", "参数 FILE：须是一个文件，不是文件夹。"),
        ("round collect --tenant t nowhere", "参数 PATH...：须是已有的文件或文件夹。"),
        ("sheet sync --tenant t " + "长" * 100, "长”无法使用：名称太长，或没有权限。"),
    ],
)
def test_wrong_use_is_one_chinese_sentence(alone, line, sentence):
    outcome = alone(*line.split())
    assert (outcome.status, outcome.out) == (2, "")
    assert sentence in outcome.err
    assert not re.search("[A-Z][a-z]", outcome.err)


@pytest.mark.parametrize(
    "line",
    [
        "round send --tenant t --out",
        "round status --tenant t --csv",
        "sheet export --tenant t",
        "sheet adopt --tenant t",
    ],
)
def test_the_empty_word_is_not_the_current_folder(alone, line):
    outcome = alone(*line.split(), "")
    assert (outcome.status, outcome.out) == (2, "")
    assert "：须是一个文件" in outcome.err


@pytest.mark.parametrize("word", ["\udc80", "\x1b[31m", "a\x00b", "\x9b", "a\rb"])
def test_what_is_no_text_does_not_come_in(alone, word):
    outcome = alone("unit", "add", word, "--tenant", "t")
    assert (outcome.status, outcome.out) == (2, "")
    assert "wrong_use" in outcome.err


def test_a_name_with_new_lines_is_told_in_one_line(alone, tmp_path):
    outcome = alone("decompose", tmp_path / "a\nb.txt")
    assert (outcome.status, outcome.err.count("\n")) == (2, 1)
