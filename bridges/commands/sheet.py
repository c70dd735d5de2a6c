"""`zwgk sheet`: exporting a plan as a workbook, syncing it, settling what waits, undoing a pass."""

from pathlib import Path

import click

from bridges.commands.adopt import sheet_adopt
from bridges.commands.shown import echo_plan
from bridges.commands.watch import sheet_watch
from bridges.commands.word import sheet_word
from bridges.conflicts import open_cells
from bridges.excel.copy import ExcelCopy
from bridges.proposals import open_proposals
from bridges.sheets import FORMS, export_sheet, refused_pass, settle_cell, sync_sheet, undo_pass
from bridges.store.plan_store import PlanStore
from bridges.sync.model import OFFICE
from core.commands.output import echo_json, echo_table, json_option, plan_option, tenant_option
from core.commands.paths import TypedPath
from core.plans.services import find_plan
from core.runtime import CHINA, Runtime, china_now, with_app
from tenants.errors import ZwgkError
from tenants.sessions import tenant_session

BY = "section：按章节排列，供领导阅读，照样参加同步；task：按任务汇总，只供阅读。"
HOW_TO_TAKE = "照办的，请运行 zwgk task set 编号 字段=值，或在办公室的表中修改后同步；不照办的不必处理。"
HOW_TO_SETTLE = "请在表格中改填要保留的值后同步，或运行 zwgk sheet settle 编号 字段 --use database（或 sheet）。"


class FileExists(ZwgkError):
    """Exporting over an existing workbook would lose what people typed into it."""

    code = "file_exists"
    sentence = "“{name}”已存在，未覆盖（其中可能有未同步的填报）。请换文件名。"
    by_command = "或加 --overwrite（原文件另存为 .bak）。"


class OutNotXlsx(ZwgkError):
    """What is exported is an .xlsx workbook; under another ending no program would open it as one."""

    code = "not_xlsx"
    sentence = "导出的是 .xlsx 工作簿，“{name}”不是这样的文件名，请改为“{better}”。"


class FolderMissing(ZwgkError):
    """The folder to write into is not there."""

    code = "folder_missing"
    sentence = "文件夹“{folder}”不存在，请先建立。"


@click.group("sheet")
def sheet_group() -> None:
    """任务分解表：导出、接管、同步、处理冲突、撤销。"""


sheet_group.add_command(sheet_adopt)
sheet_group.add_command(sheet_word)
sheet_group.add_command(sheet_watch)


def _store(runtime: Runtime, tenant: str, via: str) -> PlanStore:
    return PlanStore(tenant, OFFICE, via, runtime.today)


@sheet_group.command("export")
@click.argument("out", type=TypedPath(dir_okay=False))
@tenant_option
@plan_option
@click.option("--by", type=click.Choice(FORMS), default="unit", help=BY)
@click.option("--overwrite", is_flag=True, help="覆盖已有文件，原文件另存为 .bak。")
@json_option
@with_app
def sheet_export(
    runtime: Runtime, out: Path, tenant: str, plan: int | None, by: str, overwrite: bool, as_json: bool
) -> int:
    """导出任务分解表（.xlsx）：一行是一个单位的一项任务。

    一份工作要点可以同时有几张表，在任何一张中的修改，其他各表下次同步时都会收到。
    """
    _check_target(out, overwrite)
    store = _store(runtime, tenant, f"sheet:{out.name}")
    with tenant_session(tenant, OFFICE, "command") as session:
        found = find_plan(session, plan)
        rows, title = export_sheet(session, store, found, by, out, runtime.today, china_now), found.title
    if as_json:
        echo_json({"file": str(out), "rows": rows, "plan": title})
    else:
        click.echo(f"已导出《{title}》到 {out}，共 {rows} 行。")
    return 0


def _check_target(out: Path, overwrite: bool) -> None:
    if out.suffix.lower() != ".xlsx":
        raise OutNotXlsx(name=out.name, better=out.with_suffix(".xlsx").name)
    if not out.parent.is_dir():
        raise FolderMissing(folder=out.parent)
    if out.exists() and not overwrite:
        raise FileExists(name=out.name)


@sheet_group.command("sync")
@click.argument("file", type=TypedPath(dir_okay=False))
@tenant_option
@click.option("--dry-run", is_flag=True, help="只显示将会发生什么，不作任何更改。")
@click.option("--confirm", "confirmed", multiple=True, metavar="CODE", help="确认一项停止原因确属有意，可重复。")
@json_option
@with_app
def sheet_sync(
    runtime: Runtime, file: Path, tenant: str, dry_run: bool, confirmed: tuple[str, ...], as_json: bool
) -> int:
    """同步任务分解表与数据库：双方的修改都保留，不一致的留待人工处理。"""
    store = _store(runtime, tenant, f"sheet:{file.name}")
    try:
        done = sync_sheet(store, ExcelCopy(file), china_now, dry_run, confirmed)
    except ZwgkError as error:
        if not as_json:
            raise
        done = refused_pass(error, china_now())
    if as_json:
        echo_json(done.as_json())
    else:
        echo_plan(done, dry_run)
    return done.status


@sheet_group.command("undo")
@click.argument("key", metavar="PASS")
@tenant_option
@json_option
@with_app
def sheet_undo(runtime: Runtime, key: str, tenant: str, as_json: bool) -> int:
    """撤销一次同步对数据库的修改；各表格在下次同步时恢复。"""
    done = undo_pass(_store(runtime, tenant, "command"), key, china_now)
    if as_json:
        echo_json(done.as_json())
    else:
        echo_plan(done, dry_run=False)
    return done.status


@sheet_group.command("conflicts")
@tenant_option
@plan_option
@json_option
@with_app
def sheet_conflicts(_runtime: Runtime, tenant: str, plan: int | None, as_json: bool) -> int:
    """列出待处理的冲突：系统中的值，以及各表格中的值。"""
    with tenant_session(tenant, OFFICE, "command") as session:
        cells = open_cells(session, find_plan(session, plan))
    if as_json:
        echo_json([{"row": c.owner, "field": c.field, "database": c.database, "sheet": c.sheet} for c in cells])
    elif cells:
        table = [(c.owner, c.field, c.where, c.header, c.database, " / ".join(c.sheet)) for c in cells]
        echo_table(("编号", "字段", "任务行", "列", "系统中", "表格中"), table, widest=30)
        click.echo(HOW_TO_SETTLE)
    else:
        click.echo("没有待处理的冲突。")
    return 1 if cells else 0


@sheet_group.command("proposals")
@tenant_option
@plan_option
@json_option
@with_app
def sheet_proposals(_runtime: Runtime, tenant: str, plan: int | None, as_json: bool) -> int:
    """列出各单位在表格中提出、尚未照办的修改建议（任务、单位、时限、数量等由牵头办公室决定的栏）。"""
    with tenant_session(tenant, OFFICE, "command") as session:
        wishes = open_proposals(session, find_plan(session, plan))
    if as_json:
        echo_json([wish._asdict() for wish in wishes])
    elif wishes:
        table = [
            (
                f"{one.at.astimezone(CHINA):%m-%d %H:%M}",
                one.who,
                one.row,
                one.field,
                one.where,
                one.header,
                one.now,
                one.new,
            )
            for one in wishes
        ]
        echo_table(("时间", "提出者", "编号", "字段", "任务行", "列", "系统中", "建议改为"), table, widest=24)
        click.echo(HOW_TO_TAKE)
    else:
        click.echo("没有待处理的修改建议。")
    return 1 if wishes else 0


@sheet_group.command("settle")
@click.argument("row")
@click.argument("field")
@tenant_option
@click.option("--use", type=click.Choice(("database", "sheet")), required=True, help="采用系统中的值，或表格中的值。")
@click.option("--value", "value", help="有多个表格值时，写明采用哪一个。")
@json_option
@with_app
def sheet_settle(
    runtime: Runtime, row: str, field: str, tenant: str, use: str, value: str | None, as_json: bool
) -> int:
    """处理一处冲突；各表格在下次同步时更新。"""
    done = settle_cell(_store(runtime, tenant, "command"), row, field, use, value, china_now)
    if as_json:
        echo_json(done.as_json())
    else:
        echo_plan(done, dry_run=False)
    return done.status
