"""Units in a plan: what has to be asked, what the directory says by now, and who is missing."""

import sys
from datetime import date
from typing import Any

import click

from core.commands.output import echo_json, echo_table, json_option, plan_option, tenant_option
from core.plans.answering import answer_unit
from core.plans.asking import unit_questions
from core.plans.models import Plan
from core.plans.offers import Offer, accept_offers, offers
from core.plans.periods import period_words
from core.plans.rollup import Shortfall
from core.plans.rows import CODES, Question
from core.plans.schemas import QuestionSchema
from core.plans.services import find_plan, missing
from core.runtime import Runtime, with_app
from tenants.errors import ZwgkError
from tenants.sessions import ScopedSession, tenant_session

WHOLE = 2000
"""Columns of the terminal for names that must not be cut: who is missing."""
INTRODUCTION = (
    "有 {count} 个单位方面的问题，下面逐个询问：输入序号或文字后回车；不能确定的直接回车跳过，"
    "以后可用 zwgk unit answer 回答。中途按 Ctrl+C 停止，则这一次的答复都不保存。"
)
WHY = {"joined": "后加入“{unit}”", "changed": "“{unit}”已变更"}


@click.command("answer")
@click.argument("answers", nargs=-1, metavar="[名称=答复]...")
@tenant_option
@plan_option
@json_option
@with_app
def unit_answer(runtime: Runtime, answers: tuple[str, ...], tenant: str, plan: int | None, as_json: bool) -> None:
    """回答要点中关于单位的问题，例如：zwgk unit answer --tenant T 区教委=区教育局；以后导入不再问。

    不写答复：在终端上逐个询问，否则列出问题。
    """
    typed = [answer.partition("=") for answer in answers]
    if odd := next((answer for answer, (_, _, value) in zip(answers, typed, strict=True) if not value), None):
        raise click.UsageError(f"“{odd}”须写成 名称=答复 的形式。")
    with tenant_session(tenant, "office", "command") as session:
        found = find_plan(session, plan)
        for name, _, value in typed:
            answer_unit(session, found, name.strip(), value.strip(), runtime.today)
        number = len(typed)
        if not typed and not as_json and at_terminal():
            number = ask_about_units(session, found, runtime.today)
        asked = unit_questions(session, found)
    if as_json:
        echo_json({"answered": number, "questions": QuestionSchema(many=True).dump(asked)})
        return
    echo_answered(number)
    for question in asked:
        click.echo(f"· {question.where}（{question.tasks} 项任务）：{question.told}")
    if not asked:
        click.echo("没有待回答的单位问题。")


def at_terminal() -> bool:
    """A person can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask_about_units(session: ScopedSession, plan: Plan, today: date) -> int:
    """Put the questions about a plan's units to a person at a terminal, one after the other; returns how many were
    answered. Interrupted, nothing was."""
    passed: set[str] = set()
    answered = 0
    if asked := unit_questions(session, plan):
        click.echo(INTRODUCTION.format(count=len(asked)))
    while question := next((one for one in unit_questions(session, plan) if one.key not in passed), None):
        _ask(question)
        typed = click.prompt("答复（序号或文字，回车跳过）", default="", show_default=False).strip()
        choices = {str(number): value for number, (value, _) in enumerate(question.options, 1)}
        if not typed:
            passed.add(question.key)
            continue
        if typed.isdecimal() and typed not in choices:
            click.echo(f"没有序号 {typed}：请输入 1 到 {len(choices)}，或者写文字；不能确定就直接回车。")
            continue
        try:
            with session.begin_nested():
                answer_unit(session, plan, question.key, choices.get(typed, typed), today)
            answered += 1
        except ZwgkError as error:
            click.echo(f"{error.message}请重新回答，或者直接回车跳过。")
    return answered


def _ask(question: Question) -> None:
    click.echo(f"· {question.where}（{question.tasks} 项任务）：{question.text}")
    for number, (value, meaning) in enumerate(question.options, 1):
        shown = meaning if value in CODES or value in meaning else f"{value}（{meaning}）"
        click.echo(f"    {number}. {shown}")


def echo_answered(number: int) -> None:
    """Say how many answers were taken, if any."""
    if number:
        click.echo(f"已记下 {number} 条答复，以后导入不再询问。")


@click.command("offers")
@tenant_option
@plan_option
@click.option("--accept", is_flag=True, help="全部照办；不写则只列出。")
@json_option
@with_app
def unit_offers(runtime: Runtime, tenant: str, plan: int | None, accept: bool, as_json: bool) -> None:
    """要点确认后名录有变：后加入单位组的成员、已变更的单位，可由哪些任务承接。"""
    with tenant_session(tenant, "office", "command") as session:
        found = find_plan(session, plan)
        offered = accept_offers(session, found, runtime.today) if accept else offers(session, found)
    if as_json:
        echo_json({"accepted": accept, "offers": [_offer(offer) for offer in offered]})
        return
    if not offered:
        click.echo("名录与要点一致，没有可承接的任务。")
        return
    table = [(o.no, o.title, "、".join(o.units), WHY[o.why].format(unit=o.unit)) for o in offered]
    echo_table(("序号", "任务", "承接单位", "原因"), table)
    click.echo(f"已照办 {len(offered)} 处。" if accept else f"共 {len(offered)} 处；如全部照办，请加 --accept。")


def _offer(offer: Offer) -> dict[str, Any]:
    return {"no": offer.no, "title": offer.title, "why": offer.why, "unit": offer.unit, "units": offer.units}


@click.command("missing")
@tenant_option
@plan_option
@json_option
@with_app
def unit_missing(_runtime: Runtime, tenant: str, plan: int | None, as_json: bool) -> None:
    """每项任务中哪些单位还没有填报，哪些单位没有达到数量指标。"""
    with tenant_session(tenant, "office", "command") as session:
        tasks = missing(session, find_plan(session, plan))
    if as_json:
        echo_json([task._asdict() | {"short": [short._asdict() for short in task.short]} for task in tasks])
        return
    table = [
        (t.no, t.title, f"{t.units - len(t.silent)}/{t.units}", "、".join(map(_short, t.short)), "、".join(t.silent))
        for t in tasks
    ]
    echo_table(("序号", "任务", "已填报", "数量未达到", "未填报"), table, widest=WHOLE)


def _short(short: Shortfall) -> str:
    return f"{short.unit or '合计'}{period_words(short.period)}（{short.count}/{short.number}）"
