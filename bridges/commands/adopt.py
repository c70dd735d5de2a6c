"""`zwgk sheet adopt`: a sheet that the office has kept so far becomes a copy of the plan, on consent."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from shlex import quote  # a shell makes something else of ! and *
from typing import Any

import click

from bridges import runner
from bridges.adoption.questions import Answers, read_answers
from bridges.adoption.study import Adoption, Study, study
from bridges.commands.shown import echo_messages, echo_plan, told_where
from bridges.excel.address import column_letters
from bridges.excel.adopted import AdoptedCopy
from bridges.finding.lines import Kind, spans
from bridges.finding.tables import FoundTable, counted
from bridges.store.declared import declared
from bridges.store.plan_store import PlanStore
from bridges.store.plan_table import plan_key
from bridges.sync.model import OFFICE, Before, Refusals
from bridges.sync.plan import Plan, Stop
from bridges.table import Table
from core.commands.output import echo_json, echo_table, json_option, plan_option, tenant_option
from core.commands.paths import TypedPath
from core.plans.services import find_plan
from core.runtime import CHINA, Runtime, with_app
from tenants.sessions import tenant_session

KINDS: dict[Kind, str] = {
    "row": "任务行",
    "section": "章节行",
    "subtotal": "合计行",
    "header": "重复的表头",
    "note": "说明行",
    "blank": "空行",
}
UNANSWERED = "还有 {count} 个问题没有回答；未做任何改动。请用 --answer 回答后再试。"


def _clock() -> datetime:
    return datetime.now(CHINA)


@click.command("adopt")
@click.argument("file", type=TypedPath(dir_okay=False))
@tenant_option
@plan_option
@click.option("--sheet", default="", metavar="名", help="只看这张工作表。")
@click.option("--answer", "typed", multiple=True, metavar="KEY=VALUE", help="回答预览中的问题，可重复。")
@click.option("--yes", is_flag=True, help="按预览接管：加入隐藏的编号列和“同步提示”列，双方数据合并。")
@json_option
@with_app
def sheet_adopt(
    runtime: Runtime,
    file: Path,
    tenant: str,
    plan: int | None,
    sheet: str,
    typed: tuple[str, ...],
    yes: bool,
    as_json: bool,
) -> int:
    """接管一张现有的任务分解表：先预览找到了什么，加 --yes 才作更改。"""
    with tenant_session(tenant, OFFICE, "command") as session:
        found = find_plan(session, plan)
        key, answers = plan_key(found.id), read_answers(typed, declared(session, found))
    looking = _Looking(AdoptedCopy(file), answers, sheet, yes)
    store = PlanStore(tenant, OFFICE, f"sheet:{file.name}", runtime.today)
    done = runner.adopt(
        store, looking.copy, _clock, table=key, holder=OFFICE, who=OFFICE, look=looking.look, dry_run=not yes
    )
    done = told_where(done, looking.copy)
    if as_json:
        echo_json(_as_json(looking, done))
    else:
        _echo(looking, done)
    return 1 if looking.seen.open and not yes else done.status


class _Looking:
    """What the runner calls to look at the workbook, and what was seen the last time."""

    def __init__(self, copy: AdoptedCopy, answers: Answers, sheet: str, yes: bool) -> None:
        self.copy, self.answers, self.sheet, self.yes = copy, answers, sheet, yes
        self.seen = Study((), ())
        self.declared: Table

    def look(self, before: Before, refusals: Refusals) -> tuple[Plan, Table]:
        grids, fingerprint = self.copy.grids()
        at = _clock().isoformat()
        self.seen = study(grids, fingerprint, before, self.answers, refusals, sheet=self.sheet)
        adoption, self.declared = self.seen.adoption, before.table
        if adoption is None or (self.yes and self.seen.open):
            stop = Stop("questions_open", UNANSWERED.format(count=len(self.seen.open)))
            return Plan("", "", "", "", OFFICE, OFFICE, at, fingerprint, stopped=stop), before.table
        self.copy.found = adoption.found
        return replace(adoption.plan, who=OFFICE, at=at), adoption.table


def _as_json(looking: _Looking, done: Plan) -> dict[str, Any]:
    questions = [
        {"key": q.key, "text": q.text, "needed": q.needed, "options": [{"value": v, "text": t} for v, t in q.options]}
        for q in looking.seen.questions
    ]
    found: dict[str, Any] = {"tables": [one.name for one in looking.seen.tables]}
    if adoption := looking.seen.adoption:
        found |= _found_json(adoption, looking.declared)
    return {"found": found, "questions": questions} | done.as_json()


def _found_json(adoption: Adoption, declared: Table) -> dict[str, Any]:
    one, matching = adoption.one, adoption.matching
    return {
        "table": one.name,
        "header": [one.header.top, one.header.bottom],
        "columns": [
            {"field": fit.key, "at": column_letters(fit.column), "header": fit.header, "sureness": fit.sureness}
            for fit in one.fits.values()
        ],
        "own": [{"at": at, "header": header} for header, at in _own(one)],
        "lines": dict(counted(one, declared)),
        "matches": [{"at": p.at, "row": p.id, "how": p.how, "sureness": p.sureness} for p in matching.pairs],
        "unknown": list(matching.unknown),
        "absent": list(matching.absent),
    }


def _own(one: FoundTable) -> list[tuple[str, str]]:
    """(header, letters) of the person's own columns."""
    ours = {fit.column for fit in one.fits.values()}
    return [(head.shown, column_letters(head.column)) for head in one.header.headings if head.column not in ours]


def _echo(looking: _Looking, done: Plan) -> None:
    if adoption := looking.seen.adoption:
        _echo_found(adoption, looking.declared)
    for question in looking.seen.questions:
        click.echo(f"{'请回答' if question.needed else '可以回答'}：{question.text}")
        for value, meaning in question.options:
            click.echo(f"    --answer {quote(f'{question.key}={value}')}  {meaning}")
    if looking.yes or not looking.seen.open:
        echo_plan(done, dry_run=not looking.yes)
    else:
        echo_messages(done)


def _echo_found(adoption: Adoption, declared: Table) -> None:
    one, matching = adoption.one, adoption.matching
    click.echo(f"找到的表：{one.name}，表头{spans(range(one.header.top, one.header.bottom + 1))}")
    headers = {column.key: column.header for column in declared.columns}
    fits = [(headers[f.key], column_letters(f.column), f.header, f"{f.sureness}%") for f in one.fits.values()]
    echo_table(("系统中的列", "列", "表头", "把握"), fits)
    if own := "、".join(f"{header}（{at}）" for header, at in _own(one)):
        click.echo(f"自用的列，不读不改：{own}")
    kinds = counted(one, declared)
    click.echo("，".join(f"{name} {kinds[kind]}" for kind, name in KINDS.items() if kinds[kind]))
    alike = "、".join(f"第 {pair.at} 行（{pair.sureness}%）" for pair in matching.pairs if pair.how == "alike")
    click.echo(f"与系统对应 {len(matching.pairs)} 行" + (f"，其中按相近文字：{alike}" if alike else ""))
    if matching.absent:
        click.echo(f"系统中另有 {len(matching.absent)} 行不在表中。")
