"""A plan against the rules of its own agency: what each asks, and whether the document says it. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from core.comparing.tasks import Side, SideTask
from core.plans.rules import DueBy, Every, Milestones, Rule, Target, Within


class RuleRow(NamedTuple):
    """A rule and one task that its template fits.

    `state`: said, other (the document asks for less, or for another day), silent (it says nothing of that kind, so
    the rule alone holds) or no_task (then `task` is None).
    """

    rule: Rule
    state: str
    task: SideTask | None = None


def compare_rules(rules: Iterable[Rule], side: Side, titles: Mapping[str, str]) -> list[RuleRow]:
    """Each rule against each task of its template; `titles`: template key → title, as tasks name them."""
    rows = []
    for rule in rules:
        tasks = [task for task in side.tasks if titles[rule.template] in task.templates]
        states = {id(task): _SAYS[type(rule)](rule, task) for task in tasks}
        # one task may say it for all that the template fits: the words of a template also occur beside the matter
        spoken = [task for task in tasks if states[id(task)] != "silent"] or tasks
        rows += [RuleRow(rule, states[id(task)], task) for task in spoken] or [RuleRow(rule, "no_task")]
    return rows


def _state(found: Iterable[object], holds: bool) -> str:
    return ("said" if holds else "other") if found else "silent"


def _due_by(rule: DueBy, task: SideTask) -> str:
    days = [limit.due for limit in task.limits if limit.due]
    return _state(days, any(day <= (0, rule.month, rule.day) for day in days))


def _every(rule: Every, task: SideTask) -> str:
    rhythms = [task.rhythm] if task.rhythm else []
    return _state(rhythms, any(r.months <= rule.months and r.day <= (rule.day or r.day) for r in rhythms))


def _milestones(rule: Milestones, task: SideTask) -> str:
    days = {limit.due for limit in task.limits if limit.due}
    return _state(days, days >= {(0, month, day) for month, day in rule.days})


def _target(rule: Target, task: SideTask) -> str:
    numbers = [a.number for a in task.amounts if (a.unit, a.scope) == (rule.unit, rule.scope)]
    return _state(numbers, max(numbers, default=0) >= rule.number)


def _within(rule: Within, task: SideTask) -> str:
    days = [limit.days for limit in task.limits if limit.days]
    return _state(days, max(days, default=0) <= max(rule.days))


_SAYS: dict[type[Rule], Callable[..., str]] = {
    DueBy: _due_by,
    Every: _every,
    Milestones: _milestones,
    Target: _target,
    Within: _within,
}
