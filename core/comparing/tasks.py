"""What is compared: a plan, or a document that nobody imported, as a side of tasks. Pure.

`core.plans.compared` makes sides; years that a side names are read as this year, last year and next year of its own.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from operator import add
from typing import NamedTuple

from core.plans.periods import Rhythm

# All that folding can change; to leave the characters in between alone makes it three times faster.
_NOT_HAN = re.compile("[^、。\u4e00-\u9fff]+")
_YEAR = re.compile(r"(20(?<!\d20)\d\d)(?!\d)年?")  # what opens with letters is found several times faster
_YEARS = {-1: "上年", 0: "本年", 1: "次年"}
_NUMBER = re.compile(r"\d+(?:\.\d+)?[^\W\d_]?")


def plain(text: str, year: int) -> str:
    """A text as it is compared: one width, no white space, the years about `year` by what they are to it."""
    folded = "".join(_NOT_HAN.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text).split())
    return _YEAR.sub(lambda found: _YEARS.get(int(found[1]) - year, found[0]), folded)


@lru_cache(1024)  # most tasks read the same the year after
def pairs(folded: str) -> frozenset[str]:
    """The pairs of neighbouring characters, none across punctuation."""
    return frozenset(filter(str.isalnum, set(map(add, folded, folded[1:]))))


YearDay = tuple[int, int, int]
"""Years after that of the side (mostly 0), month, day."""


class Limit(NamedTuple):
    """What a deadline means, free of the year: 2024年3月底前 in the plan of 2024 is 3月底前 in that of 2023.

    `days`: working days from an event; `text` only where nothing could be computed.
    """

    kind: str
    due: YearDay | None = None
    starts: YearDay | None = None
    month: int | None = None
    days: int | None = None
    text: str = ""


class Amount(NamedTuple):
    """What a quota means: comparison, number, unit word; scope each | total."""

    op: str
    number: float
    unit: str
    scope: str


@dataclass(frozen=True)
class SideTask:
    """A task as a side has it.

    `limits` and `amounts` are what `deadline` and `quota` mean; `units` are names of the tenant's directory where it
    knows them; `templates` are titles; `status` is that of the task as a whole, blank where nobody reports on it (a
    document); `rhythm` is how it comes back, if it does.
    """

    no: str
    title: str
    text: str
    year: int
    units: tuple[str, ...] = ()
    deadline: str = ""
    quota: str = ""
    limits: frozenset[Limit] = frozenset()
    amounts: frozenset[Amount] = frozenset()
    templates: frozenset[str] = frozenset()
    status: str = ""
    rhythm: Rhythm | None = None

    @cached_property
    def plain_title(self) -> str:
        """The title as it is compared."""
        return plain(self.title, self.year)

    @cached_property
    def plain_text(self) -> str:
        """The text as it is compared."""
        return plain(self.text, self.year)

    @cached_property
    def marks(self) -> dict[str, frozenset[str]]:
        """What it is known by, of each kind in `core.comparing.likeness.KINDS`."""
        return {
            "title": pairs(self.plain_title),
            "text": pairs(self.plain_text),
            "template": frozenset(f"template:{title}" for title in self.templates),
            "number": frozenset(f"number:{found}" for found in _NUMBER.findall(self.plain_text)),
        }

    @cached_property
    def all_marks(self) -> frozenset[str]:
        """The marks of all kinds."""
        return frozenset().union(*self.marks.values())


@dataclass(frozen=True)
class Side:
    """All tasks of one plan or document, in its order."""

    title: str
    year: int
    tasks: tuple[SideTask, ...] = field(repr=False)

    @cached_property
    def found(self) -> Counter[str]:
        """In how many tasks each mark is found."""
        return Counter(chain.from_iterable(task.all_marks for task in self.tasks))
