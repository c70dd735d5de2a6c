"""`zwgk plan`: importing a document, looking at what came of it, confirming it."""

from pathlib import Path

import click
from flask import current_app

from core.commands.draft import plan_draft
from core.commands.output import echo_json, echo_table, json_option, plan_option, tenant_option
from core.commands.paths import TypedPath
from core.commands.unit_plans import ask_about_units, at_terminal, echo_answered
from core.plans.importing import import_files
from core.plans.opening import NOT_OPENED, NOT_OPENED_BY_COMMAND, has_begun
from core.plans.periods import period_words
from core.plans.reading import live_rows, match_rows
from core.plans.schemas import MatchSchema, PlanSchema, QuestionSchema, RowSchema
from core.plans.services import Question, confirm_plan, find_plan, list_plans, questions
from core.runtime import Runtime, with_app
from core.tenancy import templates_in
from tenants.sessions import tenant_session

STATUS_NAMES = {"draft": "草稿", "confirmed": "已确认"}


@click.group("plan")
def plan_group() -> None:
    """年度工作要点：导入、查看、确认。"""


def _echo_questions(found: list[Question]) -> None:
    if found:
        click.echo(f"需要人工处理 {len(found)} 处：")
    for question in found:
        click.echo(f"  · {question.where}：{question.told}")


@plan_group.command("import")
@click.argument("file", type=TypedPath())
@click.argument("attachments", nargs=-1, type=TypedPath())
@tenant_option
@click.option("--year", type=click.IntRange(2000, 2100), help="年份，默认取文中所写。")
@json_option
@with_app
def plan_import(
    runtime: Runtime, file: Path, attachments: tuple[Path, ...], tenant: str, year: int | None, as_json: bool
) -> None:
    """导入一份工作要点，分解为任务（草稿），并列出需要人工处理之处；其后可写它的附件（任务分解表），与正文对照合并。

    在终端上会逐个询问不认得的单位名称；未答的以后可用 zwgk unit answer 回答。
    """
    with tenant_session(tenant, "office", "command") as session:
        templates = templates_in(current_app, session)
        plan, document, draft = import_files(session, (file, *attachments), templates, year)
        number, found = plan.id, questions(session, plan)
        if as_json:
            shown = PlanSchema().dump(plan) | {"tasks": len(draft.tasks)}
            echo_json(shown | {"questions": QuestionSchema(many=True).dump(found), "notes": document.notes})
            return
        for note in document.notes:
            click.echo(f"注意：{note}")
        click.echo(f"已导入《{plan.title}》，要点编号 {number}，任务 {len(draft.tasks)} 项（草稿）。")
    if at_terminal():  # imported it is, also when the dialogue is broken off
        with tenant_session(tenant, "office", "command") as session:
            plan = find_plan(session, number)
            echo_answered(ask_about_units(session, plan, runtime.today))
            found = questions(session, plan)
    _echo_questions(found)
    click.echo(f"逐项对照原文：zwgk plan draft --tenant {tenant} --plan {number}（加 --doubtful 只看存疑）")
    click.echo(f"核对后请运行：zwgk plan confirm --tenant {tenant} --plan {number}")


@plan_group.command("list")
@tenant_option
@json_option
@with_app
def plan_list(_runtime: Runtime, tenant: str, as_json: bool) -> None:
    """列出全部年度工作要点。"""
    with tenant_session(tenant, "office", "command") as session:
        plans = list_plans(session)
    if as_json:
        echo_json(PlanSchema(many=True).dump(plans))
    else:
        table = [(p.id, p.year, STATUS_NAMES[p.status], p.tasks, p.title) for p in plans]
        echo_table(("编号", "年份", "状态", "任务数", "标题"), table)


@plan_group.command("show")
@tenant_option
@plan_option
@json_option
@with_app
def plan_show(runtime: Runtime, tenant: str, plan: int | None, as_json: bool) -> None:
    """显示任务行，以及需要人工处理之处。"""
    with tenant_session(tenant, "office", "command") as session:
        found = find_plan(session, plan)
        rows = live_rows(session, found.id)
        matches = match_rows(session, found.id)
        asked = questions(session, found)
        if as_json:
            shown = {
                "rows": RowSchema(many=True).dump(rows),
                "templates": MatchSchema(many=True).dump(matches),
                "questions": QuestionSchema(many=True).dump(asked),
            }
            echo_json({"id": found.id, "title": found.title, "status": found.status, **shown})
            return
        click.echo(f"《{found.title}》（{STATUS_NAMES[found.status]}）")
        table = [
            (r.key, r.no, r.title, r.unit, r.deadline_text, r.quota_text, period_words(r.period), r.status_shown)
            for r in rows
        ]
        echo_table(("行编号", "序号", "任务", "责任单位", "完成时限", "数量指标", "周期", "完成情况"), table, widest=28)
        if has_begun(found, runtime.today):
            click.echo(NOT_OPENED + NOT_OPENED_BY_COMMAND)
        if matches:
            click.echo("识别出的任务模板：")
        for match in matches:
            click.echo(f"  · {match.no} {match.title}：{match.reason}")
        _echo_questions(asked)


@plan_group.command("confirm")
@tenant_option
@plan_option
@json_option
@with_app
def plan_confirm(runtime: Runtime, tenant: str, plan: int | None, as_json: bool) -> None:
    """确认草稿：单位组展开到各成员单位。"""
    with tenant_session(tenant, "office", "command") as session:
        found = find_plan(session, plan)
        added = confirm_plan(session, found.id, runtime.today)
        if as_json:
            echo_json({"id": found.id, "title": found.title, "added": added})
        else:
            click.echo(f"已确认《{found.title}》，单位组展开新增任务行 {added} 行。")


plan_group.add_command(plan_draft)
