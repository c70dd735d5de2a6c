"""Our plan against the superior plan: which of ours answer which of theirs, and what of theirs has none. Pure."""

from typing import NamedTuple

from core.comparing.likeness import Likeness
from core.comparing.reasons import percent, reason
from core.comparing.tasks import Side, SideTask

ANSWERED = 0.3
"""How far a task of theirs must be found in one of ours that answers it."""
WORTH_A_LOOK = 0.15
"""Where none answers, the nearest one from here on is named."""


class Answer(NamedTuple):
    """A task of ours, how far theirs is found in it (0–100), and why."""

    task: SideTask
    score: int
    reason: str


class LevelRow(NamedTuple):
    """A task of theirs. `answers`: ours, the best first; where there are none, `nearest` may name what comes close."""

    task: SideTask
    answers: tuple[Answer, ...]
    nearest: Answer | None = None


class Levels(NamedTuple):
    """Every task of theirs in its order, and those of ours that answer none: our own."""

    rows: tuple[LevelRow, ...]
    own: tuple[SideTask, ...]


def compare_levels(theirs: Side, ours: Side) -> Levels:
    """Several of ours may answer one of theirs, and one of ours several."""
    likeness = Likeness(theirs, ours, within=True)
    rows, answering = [], set()
    for place, pairs in likeness.candidates(range(len(theirs.tasks))).items():
        found = [
            Answer(ours.tasks[pair.new], percent(pair.score), reason(likeness, pair))
            for pair in pairs
            if pair.score >= WORTH_A_LOOK
        ]
        answers = tuple(answer for answer in found if answer.score >= percent(ANSWERED))
        answering |= {id(answer.task) for answer in answers}
        rows.append(LevelRow(theirs.tasks[place], answers, None if answers else next(iter(found), None)))
    return Levels(tuple(rows), tuple(task for task in ours.tasks if id(task) not in answering))
