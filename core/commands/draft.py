"""`zwgk plan draft`: each task beside its source, with how sure each field is and the reason for doubt."""

import sys
from collections.abc import Iterable

import click

from core.commands.output import echo_json, json_option, plan_option, tenant_option
from core.decompose.readings import LEVELS
from core.plans.cells import find_row
from core.plans.draftview import MARKS, FieldView, Piece, TaskView, draft_view, view_json
from core.plans.services import find_plan
from core.runtime import Runtime, with_app
from core.terminal import flat
from tenants.sessions import tenant_session

COLOURS = dict(zip(MARKS, ("cyan", "yellow", "magenta", "green", "blue", "red"), strict=True))
LEVEL_COLOURS = {"likely": "yellow", "doubtful": "red"}


@click.command("draft")
@tenant_option
@plan_option
@click.option("--task", "row", metavar="行编号", help="只显示这一行所在的任务。")
@click.option("--doubtful", is_flag=True, help="只显示有存疑之处的任务。")
@json_option
@with_app
def plan_draft(
    _runtime: Runtime, tenant: str, plan: int | None, row: str | None, doubtful: bool, as_json: bool
) -> None:
    """逐项对照原文：各字段读自何处、把握多大、为何存疑。"""
    with tenant_session(tenant, "office", "command") as session:
        found = find_plan(session, plan)
        if row:
            find_row(session, found.id, row)
        every = draft_view(session, found)
        shown = [view for view in every if (not row or row in {one.key for one in view.rows})]
        shown = [view for view in shown if view.doubtful] if doubtful else shown
        if as_json:
            echo_json({"id": found.id, "title": found.title, "tasks": [view_json(view) for view in shown]})
            return
    colours = sys.stdout.isatty()
    click.echo(f"图例：{' '.join(_marked(Piece(word, mark), colours) for mark, word in MARKS.items())}")
    for view in shown:
        click.echo(f"\n{_task(view, colours)}")
    click.echo(f"\n共 {len(every)} 项任务，{sum(view.doubtful for view in every)} 项有存疑之处。")


def _task(view: TaskView, colours: bool) -> str:
    source = "".join(_marked(piece, colours) for piece in view.pieces) or "（人工新增，没有出处）"
    return "\n".join(
        [f"{view.no} {flat(view.title)}", f"  行：{view.row_names}", f"  原文：{source}", *_fields(view.fields)]
    )


def _marked(piece: Piece, colours: bool) -> str:
    """A piece of the source: by its colour on a terminal, in ⟦ ⟧ with its word elsewhere."""
    text = flat(piece.text)
    if not piece.mark:
        return text
    word = MARKS[piece.mark]
    if colours:
        return click.style(text, fg=COLOURS[piece.mark], underline=True)
    return f"⟦{text}⟧" if text == word else f"⟦{word} {text}⟧"


def _fields(fields: Iterable[FieldView]) -> Iterable[str]:
    """Fields of which there is something to say."""
    for field in fields:
        if field.shown:
            level = click.style(LEVELS[field.level], fg=LEVEL_COLOURS.get(field.level))
            value, reasons = flat(field.value) or "（无）", flat("；".join(field.reasons))
            yield f"  {field.name}：{value}　[{level}] {reasons}".rstrip()
