"""What a person says of a unit, kept for all later documents, and carried out in the plans that there are."""

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import select

from core.decompose.known import plain
from core.plans.asking import new_units
from core.plans.assigning import hand_over
from core.plans.declaring import keep_to_plan
from core.plans.models import Assignment, Plan, Task
from core.plans.rereading import answer_reading
from core.plans.rows import EVERY, KEEP, NEW
from core.plans.writing import writing
from core.units.changes import choose_successors, same_as
from core.units.models import KIND_NAMES, UNIT_KINDS, Unit
from core.units.services import check_name, join_group, names_in, read_directory, set_unit
from tenants.db import tenant_join
from tenants.errors import ZwgkError
from tenants.sessions import ScopedSession


class AnswerWrong(ZwgkError):
    """An answer that is none."""

    code = "answer_wrong"
    sentence = "“{value}”不能作为“{name}”的答复：请写已有单位的名称（就是它）、new（另一个单位）或 {kinds}；{more}。"


KINDS = "、".join(f"{kind}（{name}）" for kind, name in KIND_NAMES.items())
OWN = (NEW, KEEP, *UNIT_KINDS)
MORE = "单位组可写几个成员，以顿号分隔，或写 keep（逐项指定）；拆分了的单位可写几个接手的单位"


def answer_unit(session: ScopedSession, plan: Plan, name: str, value: str, today: date) -> None:
    """Take an answer to a question of `core.plans.asking`: `value` is `new`, `keep`, a kind, or names of units.

    `plan`: whose new units `*` means. Raises `UnitUnknown`, `AnswerWrong`, and what joining a group and
    `core.units.changes` raise.
    """
    if name == EVERY and value == NEW:
        for unit in new_units(session, plan):
            set_unit(session, unit, "settled", True)
        return
    if keep_to_plan(session, plan, name, value) or answer_reading(session, name, value, today):
        return
    taken = _is(session, name, value) if value in OWN else _means(session, name, names_in(value), today)
    if not taken:
        raise AnswerWrong(name=name, value=value, kinds=KINDS, more=MORE)


def _is(session: ScopedSession, name: str, value: str) -> bool:
    """A unit of its own: as it was taken to be, or of another kind. Returns whether it can be."""
    directory = read_directory(session)
    unit = directory.get(name)
    if directory.links(unit):
        return False  # who carries its tasks has to be said
    if value in UNIT_KINDS:
        set_unit(session, unit, "kind", value)
    set_unit(session, unit, "settled", value in (NEW, KEEP, "unit", "outside"))
    return True


def _means(session: ScopedSession, name: str, written: Sequence[str], today: date) -> bool:
    """A name stands for other units: the same one, members of a group, those among which a unit was split. Returns
    whether it can."""
    directory = read_directory(session)
    others, own = [directory.get(other) for other in written], directory.own(name)
    unit = own or directory.find(name)
    if others and others == [directory.find(name)]:
        return True  # said before
    if len(others) == 1 and not own and (unit is None or unit.kind != "group"):
        _give_name(session, name, unit, others[0])
    elif unit is None or not others:
        return False
    elif links := directory.links(unit):
        since = links[0].since
        choose_successors(session, unit, others)
        _carry_out(
            session, unit, others, today, lambda plan: plan.status == "draft" and (not since or since.year <= plan.year)
        )
    elif unit.kind == "group" and (len(others) > 1 or others[0].kind != "group"):
        join_group(session, unit, others)
    elif len(others) == 1:
        same_as(session, unit, others[0])
        _carry_out(session, unit, others, today, lambda plan: True)
    else:
        return False
    return True


def _give_name(session: ScopedSession, name: str, former: Unit | None, unit: Unit) -> None:
    """A name is another one of a unit, and of its former one no longer."""
    check_name(name)
    if former:
        set_unit(session, former, "aliases", [alias for alias in former.aliases if plain(alias) != plain(name)])
    set_unit(session, unit, "aliases", [*unit.aliases, name])


def _carry_out(
    session: ScopedSession, unit: Unit, others: Sequence[Unit], today: date, wanted: Callable[[Plan], bool]
) -> None:
    """Lay what plans laid on a unit on the others."""
    of_unit = select(Task.plan_id).join(Assignment, tenant_join(Assignment.task_id, Task))
    of_unit = of_unit.where(Assignment.unit_id == unit.id, ~Assignment.closed)
    for plan in list(session.scalars(select(Plan).where(Plan.id.in_(of_unit)).order_by(Plan.id))):
        if wanted(plan):
            with writing(session, plan.id, today) as work:
                hand_over(work, unit, others)
