"""One click back: a value that a later return corrected is put into the table again."""

import secrets

from sqlalchemy import select

from bridges.conflicts import shown
from bridges.rounds.errors import CorrectionUnknown
from bridges.rounds.models import Packet, Return, Round
from bridges.rounds.store import RoundStore, edits_from_json
from bridges.runner import Clock
from bridges.store.plan_table import plan_key, rows_that_show
from bridges.sync.plan import CellItem, Change, Plan, Records, Report
from bridges.sync.returns import Edit
from core.agencies import COLUMNS
from core.plans.models import Plan as WorkPlan
from tenants.db import tenant_join
from tenants.sessions import ScopedSession


def restore(store: RoundStore, row: str, field: str, value: str | None, clock: Clock, who: str) -> Plan:
    """Put a corrected value back, as an ordinary change by the office (a pass of its own, which can be undone).

    `value`: which one, where there are several. Raises `CorrectionUnknown`, `Stale`.
    """
    with store.together() as session:
        work, found = _corrected(session, row, field)
        meant = {edit.key: edit for edit in found if value in (None, shown(edit.value))}
        if work is None or len(meant) != 1:
            raise CorrectionUnknown(row=row, field=COLUMNS.get(field, field), which=_which(found))
        (edit,) = meant.values()
        table = rows_that_show(session, [row])[row]
        now = table.cell(field).value
        change = Change(row, field, row, now, edit.value)
        item = CellItem(row, "", field, edit.value.written, None, now.written)
        plan = Plan(
            pass_id=secrets.token_hex(6),
            parent="",
            binding=plan_key(work.id),
            copy="",
            holder="",
            who=who,
            at=clock().isoformat(),
            fingerprint="",
            report=Report(applied=(item,)),
            records=Records(changes=(change,) if now.norm != edit.value.norm else ()),
        )
        if plan.records.changes:
            store.commit(plan, work.revision)
        return plan


def _corrected(session: ScopedSession, row: str, field: str) -> tuple[WorkPlan | None, list[Edit]]:
    query = (
        select(Return.corrected, WorkPlan)
        .join(Packet, tenant_join(Return.packet_id, Packet))
        .join(Round, tenant_join(Packet.round_id, Round))
        .join(WorkPlan, tenant_join(Round.plan_id, WorkPlan))
        .where(Return.corrected.contains([[row, field]]))
        .order_by(Return.id)
    )
    found = session.execute(query).all()
    edits = [edit for data, _ in found for edit in edits_from_json(data) if edit.cell == (row, field) and edit.valid]
    return (found[0][1] if found else None), edits


def _which(found: list[Edit]) -> str:
    values = "、".join(dict.fromkeys(shown(edit.value) for edit in found))
    return f"（有这些：{values}，请用 --value 写明一个）" if values else ""
