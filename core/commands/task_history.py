"""`zwgk task history`: what happened to a row, in the words of the sheet and by the time of China."""

from collections.abc import Callable, Mapping
from typing import Any

import click
from flask import current_app

from core.agencies import COLUMNS, SheetLayout
from core.commands.output import echo_json, echo_table, json_option, plan_option, tenant_option
from core.plans.cells import find_row, history_of_row
from core.plans.periods import period_words
from core.plans.schemas import HistorySchema
from core.plans.services import find_plan
from core.plans.words import ROLE_WORDS
from core.runtime import CHINA, Runtime, with_app
from core.tenancy import sheet_layout_of
from tenants.models import Change
from tenants.sessions import tenant_session

WHO = {"office": "牵头办公室", "unit": "", "account": "账号", "token": "接口令牌", "link": "上传链接"}
WAYS = {
    "command": "命令行",
    "page": "页面",
    "api": "接口",
    "sheet": "表格",
    "round": "下发表",
    "return": "回收件",
}
FIELDS = {"closed": "是否关闭", "position": "任务次序", "sources": "出处（第几字）"}
"""What has no column in the sheet."""
VALUES: Mapping[str, Callable[[Any], str]] = {
    "role": ROLE_WORDS.__getitem__,
    "period": period_words,
    "closed": {True: "是", False: "否"}.__getitem__,
    "sources": lambda ranges: "、".join(f"{start + 1}–{end}" for start, end in ranges),
}


@click.command("history")
@click.argument("row")
@tenant_option
@plan_option
@json_option
@with_app
def task_history(_runtime: Runtime, row: str, tenant: str, plan: int | None, as_json: bool) -> None:
    """一行任务的修改历史：谁、何时、经何途径、改前、改后。"""
    layout = sheet_layout_of(current_app, tenant)
    with tenant_session(tenant, "office", "command") as session:
        found = find_row(session, find_plan(session, plan).id, row)
        changes = history_of_row(session, found)
        shown = HistorySchema(many=True).dump(changes)
        table = [_told(change, layout) for change in changes]
    if as_json:
        echo_json(shown)
    else:
        echo_table(("时间", "谁", "途径", "字段", "改前", "改后"), table)


def _told(change: Change, layout: SheetLayout) -> tuple[str, ...]:
    field = layout.word(change.field) if change.field in COLUMNS else FIELDS.get(change.field, change.field)
    return (
        f"{change.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        _named(change.actor, WHO),
        _named(change.via, WAYS),
        field,
        *(_value(change.field, value) for value in (change.old, change.new)),
    )


def _named(code: str, words: Mapping[str, str]) -> str:
    """`office`, or `sheet:任务表.xlsx`: what it is, and which one."""
    kind, _, which = code.partition(":")
    return f"{words.get(kind, kind)} {which}".strip()


def _value(field: str, value: Any) -> str:
    return "" if value is None else str(VALUES.get(field, str)(value))
