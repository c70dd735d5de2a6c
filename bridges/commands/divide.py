"""`zwgk round divide`: a unit's packet among its divisions."""

import re
from dataclasses import asdict
from pathlib import Path

import click

from bridges.commands.progress import Progress, progress_option
from bridges.excel.disk import make_folder
from bridges.rounds.dividing import Divider, Division
from core.commands.output import echo_json, echo_table, json_option, tenant_option
from core.commands.paths import TypedPath
from core.runtime import Runtime, china_now, with_app

RANGE = re.compile(r"(\d{1,7})(?:-(\d{1,7}))?")
MOST_ROWS = 1_048_576


def _into(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, frozenset[int]]:
    """科室=4-6,9 → the numbers; a division without numbers gets all rows."""
    found: dict[str, frozenset[int]] = {}
    for one in given:
        name, _, rows = one.partition("=")
        ranges = [RANGE.fullmatch(part.strip()) for part in re.split("[,，]", rows)] if rows else []
        pairs = [(int(match[1]), min(int(match[2] or match[1]), MOST_ROWS)) for match in filter(None, ranges)]
        if not name or not all(ranges) or any(first > last for first, last in pairs):
            raise click.BadParameter(f"“{one}”的写法应为 科室=行号，如 一科=4-6,9。")
        found[name] = frozenset(number for first, last in pairs for number in range(first, last + 1))
    return found


@click.command("divide")
@click.argument("packet", type=TypedPath(exists=True, dir_okay=False))
@tenant_option
@click.option("--out", required=True, type=TypedPath(file_okay=False), help="写入的文件夹。")
@click.option("--by", default="", metavar="列名", help="按这一列的内容划分；可以是单位在表中自己加的列。")
@click.option("--into", multiple=True, callback=_into, metavar="科室=行号", help="如 一科=4-6,9；只写科室则得全部行。")
@progress_option
@json_option
@with_app
def round_divide(
    runtime: Runtime,
    packet: Path,
    tenant: str,
    out: Path,
    by: str,
    into: dict[str, frozenset[int]],
    progress: bool | None,
    as_json: bool,
) -> int:
    """把一个单位的下发表划分给各科室：每个科室一份，只含其任务行，交回后照常汇总。

    中断后再次运行同一命令，从中断处继续。
    """
    make_folder(out)
    divider = Divider(tenant, Division(packet, out, by, into), runtime.today, china_now)
    shown = Progress(progress)
    with shown.until_interrupted(lambda: len(divider.done)):
        done = divider.divide(lambda number, total, file: shown.step("划分", number, total, file))
    if as_json:
        echo_json(asdict(done))
        return 0
    click.echo(f"“{done.unit}”的下发表已划分给 {len(done.parts)} 个科室，在 {out}。")
    echo_table(("科室", "文件", "行数"), [(one.unit, one.file, one.rows) for one in done.parts])
    if done.left:
        click.echo(f"另有 {done.left} 行未划分，仍在单位的下发表中。")
    return 0
