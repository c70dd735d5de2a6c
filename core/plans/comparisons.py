"""Plans held against one another, and against the rules of their agency: as tables and as JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from core.attachments.reading import read_plan
from core.comparing import shown
from core.comparing.levels import compare_levels
from core.comparing.rules import RuleRow, compare_rules
from core.comparing.tasks import Side
from core.comparing.years import compare_years
from core.decompose.draft import Draft
from core.plans.compared import Reading, draft_side, plan_side
from core.plans.drafting import year_of
from core.plans.models import Plan
from core.plans.rules import Rule
from core.plans.templates import TaskTemplate
from core.units.services import read_directory
from tenants.sessions import ScopedSession


class Drafted(NamedTuple):
    """A document that is no plan of the tenant."""

    name: str
    year: int
    draft: Draft


class Compared(NamedTuple):
    """A comparison: one sentence, a table, and the whole of it for programs."""

    summary: str
    header: tuple[str, ...]
    table: shown.Table
    whole: dict[str, Any]


def drafted(file: Path, year: int | None) -> Drafted:
    """A document as a side of a comparison; `year` where it says none.

    Raises DocumentError, `NoTasks`, `YearUnknown`.
    """
    document, draft = read_plan(file, year=year)
    return Drafted(document.file_name, year_of(document, draft, year), draft)


def compare(
    session: ScopedSession, ours: Plan, other: Plan | Drafted, templates: Sequence[TaskTemplate], superior: bool
) -> Compared:
    """Our plan against another one; that of the earlier year is the old one. `superior`: the other one is the superior
    agency's."""
    reading = Reading(templates, read_directory(session), max(ours.year, other.year))
    mine, theirs = (_side(session, one, reading) for one in (ours, other))
    if superior:
        levels = compare_levels(theirs, mine)
        told = shown.level_summary(theirs, mine, levels), shown.LEVEL_HEADER, shown.level_table(levels)
        return Compared(*told, shown.level_json(theirs, mine, levels))
    old, new = sorted((mine, theirs), key=lambda side: side.year)
    rows = compare_years(old, new)
    told = shown.year_summary(old, new, rows), shown.YEAR_HEADER, shown.year_table(rows)
    return Compared(*told, shown.year_json(old, new, rows))


def _side(session: ScopedSession, one: Plan | Drafted, reading: Reading) -> Side:
    if isinstance(one, Plan):
        return plan_side(session, one, reading)
    return draft_side(one.draft, one.name, one.year, reading)


def hold_against_rules(
    session: ScopedSession, plan: Plan, templates: Sequence[TaskTemplate], rules: Sequence[Rule]
) -> list[RuleRow]:
    """What the agency's own rules ask, and whether the plan says it."""
    titles = {template.key: template.title for template in templates}
    side = plan_side(session, plan, Reading(templates, read_directory(session), plan.year))
    return compare_rules(rules, side, titles)


def rule_json(row: RuleRow) -> dict[str, Any]:
    """A rule and what became of it, for programs."""
    task = row.task and {"no": row.task.no, "title": row.task.title}
    asked = {"rule": row.rule.key, "template": row.rule.template, "asks": row.rule.words}
    return asked | {"state": row.state, "task": task}
