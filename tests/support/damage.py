"""Composed documents with one thing broken, and how many fields that are wrong by it are still called certain.

Run as a program, `python -m tests.support.damage 2000` tells the figures for so many compositions of each kind.
"""

import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.decompose.confidence import confidence
from core.decompose.decompose import decompose
from core.decompose.readings import FIELDS, worst
from tests.support.compositions import PREAMBLE, Composition, compose
from tests.support.truths import Row, pairs, plain, rows_of

FIELD_OF = {name: name for name in FIELDS} | {"lead": "roles", "coop": "roles", "limits": "working_day_limits"}
COLUMNS = ("title", "units", "lead", "coop", "deadlines", "quotas", "cadence", "limits")

Damage = Callable[[str, random.Random], str]


def _without(text: str, places: list[int], dice: random.Random) -> str:
    place = dice.choice(places) if places else -1
    return text if place < 0 else text[:place] + text[place + 1 :]


def _brackets(text: str, half: int) -> list[int]:
    """Places of the opening (or closing) halves of brackets that hold a label or names."""
    found = re.finditer(r"[（(【]((?:[^（()）【】]|[（(][^()（）]*[)）]){4,}?)[)）】]", text)
    return [match.end() - 1 if half else match.start() for match in found]


def _swapped(text: str, dice: random.Random) -> str:
    labels = {"责任": "配合", "牵头": "配合", "配合": "牵头"}
    found = list(re.finditer(r"(责任|牵头|配合)(?=(单位|部门|处室|科室)[：:])", text))
    if not found:
        return text
    label = dice.choice(found)
    return text[: label.start()] + labels[label[1]] + text[label.end() :]


def _foreign(text: str, dice: random.Random) -> str:
    found = list(re.finditer(r"(责任|牵头|配合)(单位|部门|处室|科室)(?=[：:])", text))
    if not found:
        return text
    label = dice.choice(found)
    return text[: label.start()] + "经手" + text[label.end() :]


def _body(lines: list[str]) -> range:
    return range(next((n for n, line in enumerate(lines) if PREAMBLE[-6:-1] in line), 1) + 1, len(lines) - 2)


def _line_lost(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    del lines[dice.choice([n for n in _body(lines) if lines[n].strip()])]
    return "\n".join(lines)


def _line_cut(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    number = dice.choice([n for n in _body(lines) if len(lines[n].strip()) > 3])
    lines[number] = lines[number][: dice.randrange(2, len(lines[number]))]
    return "\n".join(lines)


DAMAGES: dict[str, Damage] = {
    "none": lambda text, dice: text,
    "opening half": lambda text, dice: _without(text, _brackets(text, 0), dice),
    "closing half": lambda text, dice: _without(text, _brackets(text, 1), dice),
    "swapped label": _swapped,
    "foreign label": _foreign,
    "line lost": _line_lost,
    "line cut": _line_cut,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One field of one task of a draft: whether it is what the truth says, and how sure the draft is of it."""

    field: str
    right: bool
    level: str
    told: str


def judge(made: Composition, damage: str, seed: int) -> Iterator[Judged]:
    """Every field of every task that is left after the damage. What stands no more in the text cannot be missed."""
    text = DAMAGES[damage](made.text, random.Random(seed))
    before, after = plain(made.text), plain(text)
    draft = decompose(text)
    rows, said = rows_of(draft), confidence(text, draft)

    def lost(value: str) -> bool:
        word = value.partition("→")[0]
        return after.count(word) < before.count(word)

    for truth, row in pairs(made.rows, rows):
        place = next((n for n, one in enumerate(rows) if one is row), None)
        if place is None:
            continue
        wrong: dict[str, list[str]] = {}
        for name in COLUMNS:
            missing, surplus = _differences(truth, row, name)
            bad = [*(f"-{v}" for v in missing if not lost(v)), *(f"+{v}" for v in surplus)]
            wrong.setdefault(FIELD_OF[name], []).extend(bad)
        for field, bad in wrong.items():
            level = worst(one for one in said[place] if one.field == field)
            told = f"{draft.tasks[place].no} {draft.tasks[place].title} {field} {bad}" if bad else ""
            yield Judged(field, not bad, level, told)


def _differences(truth: Row, row: Row, name: str) -> tuple[list[str], list[str]]:
    want, got = Counter(truth.get(name, ())), Counter(row.get(name, ()))
    return [*(want - got).elements()], [*(got - want).elements()]


def main(count: int, shown: int) -> None:
    """Per kind of damage: fields, wrong ones, and those of them that are called certain, by field."""
    for damage in DAMAGES:
        levels, wrong, certain = Counter(), Counter(), Counter()
        for seed in range(count):
            made = compose(seed)
            for one in judge(made, damage, seed):
                levels[one.level] += 1
                if not one.right:
                    wrong[one.level] += 1
                    if one.level == "certain":
                        certain[one.field] += 1
                        if certain.total() <= shown:
                            print("   ", seed, *made.parts.values(), "|", one.told)
        print(f"{damage}: {dict(levels)}, wrong {dict(wrong)}, wrong and certain {dict(certain)}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
