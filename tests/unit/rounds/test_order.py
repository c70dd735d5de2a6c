"""Whatever order the returns of a round come back in: the same values stand or wait in the end."""

from random import Random

import pytest

from bridges.memory import MemoryCopy
from bridges.sync.values import read
from tests.support.returns import COLUMN, FIELDS, VALUES, Cells, Office, Values, filled, outcomes, typed
from tests.support.sheets import UNIT


def said_in_the_end(said: list[Cells], start: Values) -> Values:
    """The oracle, in its own words: what no later return of the same hand corrected."""
    readings = [{cell: read(COLUMN[cell[1]], raw, 2024) for cell, raw in typed(cells).items()} for cells in said]
    original = {cell: next(iter(start[cell])) for cell in FIELDS}
    edits = [{c: r for c, r in one.items() if r.trouble or r.value.norm != original[c]} for one in readings]
    found = dict(start)
    for cell in FIELDS:
        values = set()
        for one in edits:
            if cell in one and not one[cell].trouble:
                later = [more for more in edits if set(more) > set(one) and shares_a_text(more, one)]
                if all(more[cell].trouble or more[cell].value == one[cell].value for more in later):
                    values.add(one[cell].value.norm)
        found[cell] = values or start[cell]
    return found


def shares_a_text(more: dict, one: dict) -> bool:
    return any(one[cell] == more[cell] and one[cell].value.norm for cell in one if cell[1] in ("text", "note"))


def draft(random: Random) -> Cells:
    return {cell: random.choice(VALUES[cell[1]]) for cell in random.sample(FIELDS, random.randint(1, 4))}


def correction(random: Random, of: Cells) -> Cells:
    """All that a draft says, some of it otherwise, and more."""
    again = {cell: random.choice((value, random.choice(VALUES[cell[1]]))) for cell, value in of.items()}
    return draft(random) | again


def returns(random: Random, number: int) -> list[Cells]:
    """Drafts, corrections of them, parts, and doubles."""
    made = [draft(random)]
    while len(made) < number:
        made.append(random.choice((draft(random), *[correction(random, random.choice(made))] * 3, random.choice(made))))
    return made


@pytest.mark.parametrize("seed", range(60))
def test_order_does_not_decide_within_a_version(seed: int) -> None:
    random = Random(seed)
    number = random.choice((2, 3, 3, 4))
    said = returns(random, number)
    moved = random.random() < 0.4
    office_says = draft(random)

    def build() -> tuple[Office, list[MemoryCopy]]:
        office = Office()
        packet = office.desk.export(UNIT)
        if moved:
            for (row, key), value in typed(office_says).items():
                office.desk.put(row, key, value)
        return office, [filled(packet, cells) for cells in said]

    ends = outcomes(number, build)
    assert len(ends) == 1, said
    if not moved:
        assert ends == [said_in_the_end(said, build()[0].values())], said


@pytest.mark.parametrize("seed", range(30))
def test_order_does_not_decide_between_versions(seed: int) -> None:
    """A second packet, or a reply to the first return, is another version; late drafts of the first come in between."""
    random = Random(seed)
    number = random.choice((3, 4))
    first, *said = returns(random, number + 1)
    of_reply = [random.random() < 0.5 for _ in said]
    resent = random.random() < 0.5

    def build() -> tuple[Office, list[MemoryCopy]]:
        office = Office()
        packet = office.desk.export(UNIT)
        answer = filled(packet, first)
        office.collect(answer)
        second = office.desk.export(UNIT) if resent else office.reply(answer)
        return office, [filled(second if late else packet, cells) for late, cells in zip(of_reply, said, strict=True)]

    assert len(outcomes(number, build)) == 1, (first, said, of_reply, resent)
