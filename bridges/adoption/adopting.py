"""Looking at a sheet that somebody has kept so far, and making it a copy of the plan on consent."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bridges import runner
from bridges.adoption.questions import read_answers
from bridges.adoption.study import Adoption, Study, study
from bridges.excel.address import column_letters
from bridges.excel.adopted import AdoptedCopy
from bridges.finding.tables import FoundTable, counted
from bridges.sheets import told_where
from bridges.store.declared import declared
from bridges.store.plan_store import PlanStore
from bridges.store.plan_table import plan_key
from bridges.sync.model import OFFICE, Before, Refusals
from bridges.sync.plan import Plan as Pass
from bridges.sync.plan import Stop
from bridges.table import Table
from core.plans.models import Plan
from tenants.sessions import ScopedSession

UNANSWERED = "还有 {count} 个问题没有回答；未做任何改动。请用 --answer 回答后再试。"


class Adopting:
    """One sheet for one plan. `typed`: the answers, `KEY=VALUE`; `sheet`: only this tab; without `agreed` it is looked
    at and nothing is changed. Raises `AnswerInvalid`.

    `seen`: what was found the last time; `declared`: the plan's table then.
    """

    def __init__(
        self,
        session: ScopedSession,
        plan: Plan,
        file: Path,
        typed: Iterable[str],
        sheet: str,
        agreed: bool,
        clock: runner.Clock,
    ) -> None:
        self.copy, self.agreed = AdoptedCopy(file), agreed
        self._key, self._answers = plan_key(plan.id), read_answers(typed, declared(session, plan))
        self._sheet, self._clock = sheet, clock
        self.seen = Study((), ())
        self.declared: Table

    def carry_out(self, store: PlanStore) -> Pass:
        """The pass that it is, or would be. Raises what cannot be read or written."""
        own = {"table": self._key, "holder": OFFICE, "who": OFFICE, "dry_run": not self.agreed}
        return told_where(runner.adopt(store, self.copy, self._clock, look=self._look, **own), self.copy)

    def status(self, done: Pass) -> int:
        """Exit status: 1 as long as something is to be answered."""
        return 1 if self.seen.open and not self.agreed else done.status

    def as_json(self, done: Pass) -> dict[str, Any]:
        """What was found, what is asked, and the pass."""
        questions = [
            {
                "key": q.key,
                "text": q.text,
                "needed": q.needed,
                "options": [{"value": v, "text": t} for v, t in q.options],
            }
            for q in self.seen.questions
        ]
        found: dict[str, Any] = {"tables": [one.name for one in self.seen.tables]}
        if adoption := self.seen.adoption:
            found |= _found(adoption, self.declared)
        return {"found": found, "questions": questions} | done.as_json()

    def _look(self, before: Before, refusals: Refusals) -> tuple[Pass, Table]:
        grids, fingerprint = self.copy.grids()
        at = self._clock().isoformat()
        self.seen = study(grids, fingerprint, before, self._answers, refusals, sheet=self._sheet)
        adoption, self.declared = self.seen.adoption, before.table
        if adoption is None or (self.agreed and self.seen.open):
            stop = Stop("questions_open", UNANSWERED.format(count=len(self.seen.open)))
            return Pass("", "", "", "", OFFICE, OFFICE, at, fingerprint, stopped=stop), before.table
        self.copy.found = adoption.found
        return replace(adoption.plan, who=OFFICE, at=at), adoption.table


def _found(adoption: Adoption, declared: Table) -> dict[str, Any]:
    one, matching = adoption.one, adoption.matching
    return {
        "table": one.name,
        "header": [one.header.top, one.header.bottom],
        "columns": [
            {"field": fit.key, "at": column_letters(fit.column), "header": fit.header, "sureness": fit.sureness}
            for fit in one.fits.values()
        ],
        "own": [{"at": at, "header": header} for header, at in own_columns(one)],
        "lines": dict(counted(one, declared)),
        "matches": [{"at": p.at, "row": p.id, "how": p.how, "sureness": p.sureness} for p in matching.pairs],
        "unknown": list(matching.unknown),
        "absent": list(matching.absent),
    }


def own_columns(one: FoundTable) -> list[tuple[str, str]]:
    """(header, letters) of the person's own columns."""
    ours = {fit.column for fit in one.fits.values()}
    return [(head.shown, column_letters(head.column)) for head in one.header.headings if head.column not in ours]
