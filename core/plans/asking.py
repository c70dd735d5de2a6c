"""Which units of a plan a person has to be asked about: few questions, and none twice."""

from collections.abc import Iterator, Mapping

from sqlalchemy import func, select

from core.plans.declaring import declared_members, declared_questions
from core.plans.models import Assignment, Plan, Task
from core.plans.rereading import reading_questions
from core.plans.rows import EVERY, KEEP, NEW, Question
from core.units.directory import Directory
from core.units.models import Unit
from core.units.nearness import near_names
from core.units.services import read_directory
from tenants.db import tenant_join
from tenants.sessions import ScopedSession

NEW_UNITS = "units_new"
_SHOWN = 8  # names in one question


def tasks_by_unit(session: ScopedSession, plan: Plan) -> dict[int, int]:
    """Unit id → how many tasks of the plan are laid on it."""
    query = (
        select(Assignment.unit_id, func.count())
        .join(Task, tenant_join(Assignment.task_id, Task))
        .where(Task.plan_id == plan.id, Assignment.unit_id.is_not(None), ~Assignment.closed)
        .group_by(Assignment.unit_id)
    )
    return dict(map(tuple, session.execute(query)))


def unit_questions(session: ScopedSession, plan: Plan) -> list[Question]:
    """The questions about units that are not settled, what most tasks hang on first; all new names that look like no
    other are one, the last."""
    tasks = tasks_by_unit(session, plan)
    directory = read_directory(session)
    asked, new = _unsettled(directory, tasks, plan)
    read = [*reading_questions(session, plan, directory), *declared_questions(plan, directory, tasks)]
    also = {question.key for question in read}
    new = [unit for unit in new if unit.name not in also]
    return [*sorted([*asked, *read], key=lambda question: -question.tasks), *_about_new(new, tasks)]


def new_units(session: ScopedSession, plan: Plan) -> list[Unit]:
    """The units of the plan that only a document named and that look like no other."""
    return _unsettled(read_directory(session), tasks_by_unit(session, plan), plan)[1]


def _unsettled(directory: Directory, tasks: Mapping[int, int], plan: Plan) -> tuple[list[Question], list[Unit]]:
    """Units that are not settled: the questions about them, and those that are just new."""
    asked, new = [], []
    for unit in map(directory.by_id.__getitem__, sorted(tasks)):
        if unit.settled:
            continue
        question = _about(directory, unit, tasks, plan)
        if question is not None:
            asked.append(question)
        elif not directory.links(unit):
            new.append(unit)
    return asked, new


def _about(directory: Directory, unit: Unit, tasks: Mapping[int, int], plan: Plan) -> Question | None:
    """The question about one unit; None for one that is just new, or that was split in a later year."""
    name, number = unit.name, tasks[unit.id]
    if links := directory.links(unit):
        if links[0].since is not None and links[0].since.year > plan.year:
            return None
        after = [one.name for one in directory.successors(unit)]
        options = (("、".join(after), "由这些单位共同负责"), *((one, "由这个单位负责") for one in after))
        text = f"已于{links[0].since}拆分为{'、'.join(after)}，由谁负责？"
        return Question("unit_split", name, text, number, name, options)
    if near := _near(directory, unit, tasks):
        options = *((one, f"就是“{one}”") for one in near), (NEW, "是另一个单位")
        text = f"是不是{'、'.join(f'“{one}”' for one in near)}？"
        return Question("unit_near", name, text, number, name, options)
    if unit.kind == "group":
        text = "是单位组，还没有成员。请写出全部成员，以顿号分隔；每项任务所指不同的，以后在任务分解表中逐项填写。"
        options = (*declared_members(plan, directory, name), (KEEP, "每项任务所指不同"))
        return Question("group_empty", name, text, number, name, options)
    if unit.kind == "role":
        text = "是按事项确定的角色。总是同一单位的，请写出这个单位；不是的，以后在任务分解表中逐项改为具体单位。"
        return Question("role_unit", name, text, number, name, ((KEEP, "逐项确定，不必再提醒"),))
    return None


def _near(directory: Directory, unit: Unit, tasks: Mapping[int, int]) -> list[str]:
    """Units that a new name may mean. Of two new ones that are alike, the one with fewer tasks is asked about."""

    def weight(one: Unit) -> tuple[int, int]:
        return tasks.get(one.id, 0), -one.id

    alike = (one for one in directory.units() if one.id != unit.id and _body(one) == _body(unit))
    return near_names(unit.name, [one.name for one in alike if one.settled or weight(one) > weight(unit)])


def _body(unit: Unit) -> str:
    """A body is no group and no role, whether it belongs to the agency or not."""
    return "unit" if unit.kind == "outside" else unit.kind


def _about_new(units: list[Unit], tasks: Mapping[int, int]) -> Iterator[Question]:
    if units:
        names = "、".join(unit.name for unit in units[:_SHOWN]) + ("等" if len(units) > _SHOWN else "")
        text = f"共 {len(units)} 个名称在单位名录中没有，已按新单位收入，请核对；如有误，可在任务分解表中改正。"
        options = ((NEW, "都是新单位"),)
        yield Question(NEW_UNITS, names, text, sum(tasks[unit.id] for unit in units), EVERY, options)
