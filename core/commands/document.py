"""`zwgk decompose`: a document broken down, without any database."""

from pathlib import Path

import click

from core.attachments.reading import draft_json, read_plan
from core.commands.output import echo_json
from core.commands.paths import TypedPath
from core.decompose.confidence import confidence
from core.decompose.render import render_table


@click.command("decompose")
@click.argument("file", type=TypedPath())
@click.argument("attachments", nargs=-1, type=TypedPath())
@click.option("--format", "form", type=click.Choice(("json", "table")), default="table", help="输出形式。")
def decompose_command(file: Path, attachments: tuple[Path, ...], form: str) -> None:
    """分解一份工作要点，不写数据库；其后可写它的附件（任务分解表），与正文对照合并。"""
    document, draft = read_plan(file, attachments)
    if form == "json":
        echo_json(draft_json(document, draft))
        return
    for note in document.notes:
        click.echo(f"注意：{note}")
    click.echo(render_table(draft, confidence(document.text, draft)))
