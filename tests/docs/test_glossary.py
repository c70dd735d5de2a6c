"""docs/glossary.md has the words of the code, no more and no fewer."""

import re

import pytest

from core.plans.words import WORDS
from tests.docs.pages import PACKAGES, ROOT, read

PAGE = read("docs/glossary.md")
CODE = "\n".join(path.read_text(encoding="utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def test_status_words_are_those_of_the_code():
    described = {form.strip("`"): tuple(words.split("、")) for form, words in PAGE.table("Status words")}
    assert described == {status.norm: words for status, words in WORDS.items()}


@pytest.mark.parametrize("row", PAGE.table("Words of the domain"), ids=lambda row: row[0])
def test_words_are_used_in_the_code(row):
    for word in re.findall(r"`(\w+)`", row[1]):
        assert re.search(rf"\b{word}\b", CODE), f"{word} is nowhere in the code"


def test_no_word_stands_twice():
    rows = PAGE.table("Words of the domain")
    for column in (0, 1):
        words = [row[column] for row in rows]
        assert len(words) == len(set(words))
