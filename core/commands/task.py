"""`zwgk task`: changing a row of the plan in the database, and what happened to it."""

from typing import Any

import click
from marshmallow import ValidationError

from core.commands.output import echo_json, json_option, plan_option, tenant_option
from core.commands.task_history import task_history
from core.commands.task_mending import task_merge, task_move, task_split
from core.plans.cells import edit_cell, find_row, norm_of
from core.plans.opening import open_changed
from core.plans.schemas import EditSchema
from core.plans.services import find_plan
from core.plans.writing import writing
from core.runtime import Runtime, with_app
from tenants.errors import ZwgkError
from tenants.sessions import tenant_session


class EditInvalid(ZwgkError):
    """A value or a field that cannot be taken."""

    code = "edit_invalid"
    sentence = "{detail}"


# what has no blank of its own: percent= takes the number away
CLEARED_BY_BLANK = frozenset({"percent", "count", "completed_on"})


@click.group("task")
def task_group() -> None:
    """任务行：修改、拆分、合并、调整次序，以及历史。"""


def _read(edits: tuple[str, ...]) -> dict[str, Any]:
    values: dict[str, str | None] = {}
    for edit in edits:
        key, equals, value = edit.partition("=")
        field = key.strip()
        if not equals:
            raise EditInvalid(detail=f"“{edit}”须写成 字段=值 的形式。")
        if field in values:
            raise EditInvalid(detail=f"字段 {field} 写了两次，请只写一次。")
        values[field] = value.strip() or (None if field in CLEARED_BY_BLANK else "")
    try:
        return EditSchema().load(values)
    except ValidationError as error:
        field, reasons = next(iter(error.normalized_messages().items()))
        known = "、".join(EditSchema().fields)
        raise EditInvalid(
            detail=reasons[0] if field in EditSchema().fields else f"没有名为“{field}”的字段，可用：{known}。"
        ) from None


@task_group.command("set")
@click.argument("row")
@click.argument("edits", nargs=-1, required=True, metavar="字段=值...")
@tenant_option
@plan_option
@json_option
@with_app
def task_set(runtime: Runtime, row: str, edits: tuple[str, ...], tenant: str, plan: int | None, as_json: bool) -> None:
    """修改一行任务，例如：zwgk task set --tenant T 行编号 status=已完成 percent=100。"""
    values = _read(edits)
    with (
        tenant_session(tenant, "office", "command") as session,
        writing(session, find_plan(session, plan).id, runtime.today) as work,
    ):
        found = find_row(session, work.plan.id, row)
        for field, value in values.items():
            edit_cell(work, found, field, norm_of(field, value), value)
        open_changed(work)
        changed = [change._asdict() for change in work.changes]
    if as_json:
        echo_json({"row": row, "changed": changed})
    else:
        click.echo(f"已修改 {len(changed)} 处。" if changed else "与现有内容相同，未作更改。")


for _command in (task_history, task_split, task_merge, task_move):
    task_group.add_command(_command)
