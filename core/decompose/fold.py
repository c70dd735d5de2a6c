"""A copy of the text that is easy to match, with the way back to the original characters."""

import re
import unicodedata
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

# White space, and the invisible characters that office software leaves inside words.
_SPACE = re.compile("[\\s\u00ad\u200b\u200c\u200d\u2060\ufeff]+")
# All that folding can change: not Chinese characters, not ASCII.
_FOLDS = re.compile("[^!-~\n\t、。\u4e00-\u9fff]")
_BETWEEN_LATIN = re.compile(r"(?<=[A-Za-z])[^\S\n]+(?=[A-Za-z])")


class Span(NamedTuple):
    """Half-open range of characters in the canonical text of the document."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is the folded copy; `offsets[i]` is the place in `source` that `text[i]` came from.

    Folding is NFKC for each character (full width to half width), without white space inside lines. Line ends stay,
    tabs stay (they part table cells), circled numbers stay (NFKC would make ① an ordinary 1).
    """

    source: str
    text: str
    offsets: array

    def span(self, start: int, end: int) -> Span:
        """Original range of the folded range `start:end`, which must not be empty."""
        return Span(self.offsets[start], self.offsets[end - 1] + 1)

    def parted(self, place: int) -> bool:
        """Whether a blank was folded away before a folded place that is not the first; the end of a line is none."""
        gap = self.source[self.offsets[place - 1] + 1 : self.offsets[place]]
        return bool(gap) and "\n" not in gap

    def quote(self, start: int, end: int) -> str:
        """The original characters, as written."""
        return self.source[self.offsets[start] : self.offsets[end - 1] + 1] if start < end else ""

    def phrase(self, start: int, end: int) -> str:
        """The characters as written, without the line ends and page numbers that the page put between them."""
        quote = self.quote(start, end)
        if "\n" in quote:
            quote = "".join(self.source[place] for place in dict.fromkeys(self.offsets[start:end]))
        return quote

    def plain(self, start: int, end: int) -> str:
        """How names and titles are shown: without white space, but for the blanks between Latin words."""
        quote = self.phrase(start, end)
        if not _SPACE.search(quote):
            return quote
        return without_space(_BETWEEN_LATIN.sub("\0", quote)).replace("\0", " ")


def fold(source: str) -> Folded:
    """Fold `source`; linear in its length."""
    table = {char: folded for char in set(_FOLDS.findall(source)) if (folded := _fold_char(char)) != char}
    text = _any_of(table).sub(lambda found: table[found[0]], source)
    offsets, last = array("q"), 0
    for found in _any_of(char for char, folded in table.items() if len(folded) != 1).finditer(source):
        offsets.extend(range(last, found.start()))
        offsets.extend([found.start()] * len(table[found[0]]))
        last = found.end()
    offsets.extend(range(last, len(source)))
    return Folded(source, text, offsets)


def without_space(text: str) -> str:
    """`text` without white space and invisible characters."""
    return _SPACE.sub("", text)


def _any_of(chars: Iterable[str]) -> re.Pattern:
    """Pattern of one of these characters; of none, nothing."""
    members = "".join(chars)
    return re.compile(f"[{re.escape(members)}]" if members else "(?!)")


def _fold_char(char: str) -> str:
    if char in "\n\t":
        return char
    if unicodedata.decomposition(char).startswith("<circle>"):
        return char
    return without_space(unicodedata.normalize("NFKC", char))
