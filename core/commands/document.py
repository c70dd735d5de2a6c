"""`zwgk decompose`: a document broken down, without any database."""

from pathlib import Path

import click

from core.commands.output import echo_json
from core.decompose.decompose import decompose
from core.decompose.render import render_table
from core.documents.reader import read_document


@click.command("decompose")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(("json", "table")), default="table", help="输出形式。")
def decompose_command(file: Path, form: str) -> None:
    """分解一份工作要点，不写数据库。"""
    draft = decompose(read_document(file).text)
    if form == "json":
        echo_json(draft.as_json())
    else:
        click.echo(render_table(draft))
