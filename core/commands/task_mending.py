"""`zwgk task split | merge | move`: mending how a document was taken apart."""

from collections.abc import Callable, Iterator

import click
from flask import current_app

from core.commands.output import echo_json, json_option, plan_option, tenant_option
from core.plans.cells import find_row, find_rows
from core.plans.draftview import TaskView
from core.plans.mended import mend
from core.plans.mending import Mended, merge_tasks, move_task, split_task
from core.plans.services import find_plan
from core.plans.writing import Writing
from core.runtime import Runtime, with_app
from core.tenancy import templates_in
from core.terminal import flat
from tenants.sessions import tenant_session

dry_run_option = click.option("--dry-run", is_flag=True, help="只预览，不更改。")


def _mend(
    runtime: Runtime, tenant: str, plan: int | None, dry_run: bool, as_json: bool, step: Callable[[Writing], Mended]
) -> None:
    """Carry out a mending, show what came of it, and take it back where it was only a try."""
    with tenant_session(tenant, "office", "command") as session:
        mended = mend(session, find_plan(session, plan).id, runtime.today, step)
        if dry_run:
            session.rollback()
    if as_json:
        echo_json({"dry_run": dry_run} | mended.as_json())
        return
    for view in mended.tasks:
        for line in _shown(view):
            click.echo(line)
    if mended.closed:
        click.echo(f"关闭任务行 {len(mended.closed)} 行：{'、'.join(mended.closed)}")
    for note in mended.notes:
        click.echo(f"注意：{note}")
    click.echo("以上为预览，未作更改。" if dry_run else "已更改；可用 zwgk task history 查看。")


def _shown(view: TaskView) -> Iterator[str]:
    first = view.rows[0]
    yield f"{view.no} {flat(view.title)}"
    yield f"  任务内容：{flat(first.text)}"
    yield f"  行：{view.row_names}"
    yield f"  完成时限：{first.deadline_text or '（无）'}　数量指标：{first.quota_text or '（无）'}"


@click.command("split")
@click.argument("row", metavar="行编号")
@click.option("--at", "words", required=True, metavar="文字", help="新任务从这些文字开始，须在任务内容中只出现一次。")
@tenant_option
@plan_option
@dry_run_option
@json_option
@with_app
def task_split(
    runtime: Runtime, row: str, words: str, tenant: str, plan: int | None, dry_run: bool, as_json: bool
) -> None:
    """把一项任务拆成两项：前一项保留原有的行和填报，后一项按同样的单位另起新行。"""

    def step(work: Writing) -> Mended:
        return split_task(
            work, find_row(work.session, work.plan.id, row).task, words, templates_in(current_app, work.session)
        )

    _mend(runtime, tenant, plan, dry_run, as_json, step)


@click.command("merge")
@click.argument("rows", nargs=-1, required=True, metavar="行编号...")
@tenant_option
@plan_option
@dry_run_option
@json_option
@with_app
def task_merge(
    runtime: Runtime, rows: tuple[str, ...], tenant: str, plan: int | None, dry_run: bool, as_json: bool
) -> None:
    """把几项任务合并到第一项：内容、出处、单位、时限、指标合在一起，其余各项的行关闭；已有填报的不能并走。"""

    def step(work: Writing) -> Mended:
        found = find_rows(work.session, work.plan.id, rows)
        return merge_tasks(work, [found[row].task for row in rows], templates_in(current_app, work.session))

    _mend(runtime, tenant, plan, dry_run, as_json, step)


@click.command("move")
@click.argument("row", metavar="行编号")
@click.option("--before", metavar="行编号", help="移到这一行所在任务之前。")
@click.option("--after", metavar="行编号", help="移到这一行所在任务之后。")
@tenant_option
@plan_option
@dry_run_option
@json_option
@with_app
def task_move(
    runtime: Runtime,
    row: str,
    before: str | None,
    after: str | None,
    tenant: str,
    plan: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """调整任务的先后。只改次序；已导出的表格保持原样，以后导出的按新次序。"""
    beside = before or after
    if beside is None or (before and after):
        raise click.UsageError("须写 --before 或 --after 之一。")

    def step(work: Writing) -> Mended:
        found = find_rows(work.session, work.plan.id, (row, beside))
        return move_task(work, found[row].task, found[beside].task, behind=beside is after)

    _mend(runtime, tenant, plan, dry_run, as_json, step)
