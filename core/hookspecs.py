"""Every hook that a plugin may implement. Arguments and answers are values: no ORM rows, no flask.

The reference, with an example of each and the plugins that use it, is `docs/plugins.md`.
"""

from collections.abc import Sequence

from pluggy import HookimplMarker, HookspecMarker

from core.agencies import Agency, SheetLayout, UnitGroup
from core.metrics.facts import Metric
from core.plans.rollup import LampRule
from core.plans.rules import Rule
from core.plans.templates import TaskTemplate

PROJECT = "zwgk"
hookspec = HookspecMarker(PROJECT)
hookimpl = HookimplMarker(PROJECT)


@hookspec
def agency() -> Agency:
    """Who the plugin is for: name, kind, year of its document, one line."""


@hookspec
def unit_groups() -> Sequence[UnitGroup]:
    """The units, groups, roles and outside bodies that the agency's documents name."""


@hookspec
def task_templates() -> Sequence[TaskTemplate]:
    """The kinds of tasks it recognises in a plan."""


@hookspec
def rules() -> Sequence[Rule]:
    """What its own rules ask of such tasks: days, milestones, numbers, working days."""


@hookspec
def metrics() -> Sequence[Metric]:
    """The figures it computes over tasks and quotas."""


@hookspec
def lamp_rule() -> LampRule | None:
    """Colours and thresholds of the lamps; None leaves the shared ones."""


@hookspec
def sheet_layout() -> SheetLayout | None:
    """The task sheet as the agency is used to it; None for the common one."""
