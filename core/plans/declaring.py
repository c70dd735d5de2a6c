"""Names that a plan's document declares itself (区教育局，以下简称区教委): what a person is asked about them.

In the plan they are read so (`core.decompose.declared`); for later documents, which may not say it again, a person
decides.
"""

from collections.abc import Iterator, Mapping

from core.plans.models import Plan
from core.plans.rows import KEEP, Question
from core.units.directory import Directory
from tenants.history import FieldChange, record
from tenants.sessions import ScopedSession

_ALIASES = "aliases"


def declared_questions(plan: Plan, directory: Directory, tasks: Mapping[int, int]) -> Iterator[Question]:
    """Each name that stands for one unit, where the directory does not know it as that unit; `tasks`: by unit id."""
    for declared in plan.meta.get(_ALIASES, ()):
        name, unit = declared["alias"], directory.find(declared["names"][0])
        if len(declared["names"]) == 1 and unit and directory.find(name) is not unit:
            text = f"文中写明是“{unit.name}”，这份要点已照此处理；以后的文件也这样理解吗？"
            options = ((unit.name, "以后都这样理解"), (KEEP, "只在这份要点中"))
            yield Question("unit_declared", name, text, tasks.get(unit.id, 0), name, options)


def declared_members(plan: Plan, directory: Directory, group: str) -> Iterator[tuple[str, str]]:
    """As an answer, the members of a group as the document says who they are (甲局、乙局，以下统称各部门)."""
    for declared in plan.meta.get(_ALIASES, ()):
        units = [directory.find(name) for name in declared["names"]]
        bodies = all(unit and unit.kind in ("unit", "outside") for unit in units)
        if declared["alias"] == group and len(units) > 1 and bodies:
            yield "、".join(declared["names"]), "文中写明的成员"


def keep_to_plan(session: ScopedSession, plan: Plan, name: str, value: str) -> bool:
    """Take the answer that a name means so in this plan only; returns whether it is one."""
    all_ = plan.meta.get(_ALIASES, [])
    others = [declared for declared in all_ if declared["alias"] != name]
    if value != KEEP or len(others) == len(all_):
        return False
    plan.meta = plan.meta | {_ALIASES: others}
    session.flush()
    record(session, [FieldChange("plan", plan.id, _ALIASES, all_, others)], plan.id, plan.revision)
    return True
