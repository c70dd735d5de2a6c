"""Paragraphs that were run together to one line, as a page gives its text to whoever takes it without its line ends."""

import re

from core.decompose.numerals import read_int

_LABEL = re.compile(
    r"(?P<chapter>[一二三四五六七八九十]{1,3})、|\((?P<paren>[一二三四五六七八九十]{1,3})\)|(?P<digit>\d{1,2})[.、](?!\d)"
)
_LEVELS = ("chapter", "paren", "digit")
_ENDS = frozenset("。;)")
_FEWEST_CHAPTERS = 2


def run_on(text: str) -> list[int]:
    """Where the paragraphs begin that a line was put together from; [0] for a line that is one.

    It is put together if two chapters (一、 二、) begin in it. Numbers count only in order, each behind the end of a
    sentence; but (一) may stand behind the heading of its chapter.
    """
    if "二、" not in text:
        return [0]
    begins, last = [0], dict.fromkeys(_LEVELS, 0)
    for found in _LABEL.finditer(text):
        level, place = found.lastgroup, found.start()
        number = read_int(found[level])
        opens = place == 0 or text[place - 1] in _ENDS or (level == "paren" and number == 1)
        if not opens or number not in (1, last[level] + 1) or (level == "chapter" and number == 1 and last[level]):
            continue
        last[level] = number
        last.update(dict.fromkeys(_LEVELS[_LEVELS.index(level) + 1 :], 0))
        begins += [place] if place else []
    return begins if last["chapter"] >= _FEWEST_CHAPTERS else [0]
