"""`zwgk sheet watch`: a folder on a share, into which units drop what they filled in."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from bridges.commands.returned import STATES as WHAT_CAME
from bridges.commands.returned import counts_of as return_counts
from bridges.commands.shown import counts_of as plan_counts
from bridges.sync.model import OFFICE
from bridges.watching.errors import WatchTooFast
from bridges.watching.events import Event
from bridges.watching.folder import DONE, REFUSED, WatchedFolder
from bridges.watching.stopping import Stopping
from bridges.watching.taking import Taker
from bridges.watching.watcher import Watcher
from core.commands.output import json_option, tenant_option
from core.commands.paths import TypedPath
from core.runtime import Runtime, china_now, with_app
from core.terminal import flat
from tenants.sessions import tenant_session

STATES = {"done": DONE, "refused": REFUSED, "waiting": "等待", "failed": "出错", "skipped": "跳过"}
EVERY = "两次查看的间隔秒数；一个文件在两次查看之间没有变化，才会处理。"


@click.command("watch")
@click.argument("folder", type=TypedPath(exists=True, file_okay=False))
@tenant_option
@click.option("--once", is_flag=True, help="处理完现有文件即结束，供定时任务使用。")
@click.option("--every", type=click.IntRange(0, 3600), default=10, show_default=True, metavar="秒", help=EVERY)
@json_option
@with_app
def sheet_watch(runtime: Runtime, folder: Path, tenant: str, once: bool, every: int, as_json: bool) -> int:
    """监视一个文件夹：放入的下发表自动汇总，总表自动同步，处理后移入“已收”或“退回”。

    答复写在旁边；退回的写明原因。按 Ctrl-C，处理完手头的文件后结束。
    """
    if not (every or once):
        raise WatchTooFast
    with tenant_session(tenant, OFFICE, "command"):
        pass  # a tenant that is not there is no fault of the files
    watched, stopping, person = WatchedFolder(folder), Stopping(), False
    taker = Taker(tenant, watched, lambda: runtime.today, china_now)
    watcher = Watcher(watched, taker, lambda: stopping.wait(every), lambda: stopping.asked)
    with watched.held(), stopping:
        if not once:
            click.echo(f"正在监视 {folder}，按 Ctrl-C 结束。", err=True)
        for event in watcher.watch(once):
            person = person or event.needs_person
            _echo(event, as_json)
    return 1 if once and person else 0


def _echo(event: Event, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(event.as_json(), ensure_ascii=False, default=str))
        return
    place = f" → {event.place}" if event.place else ""
    said = "；".join(filter(None, _said(event)))
    click.echo(flat(f"{STATES[event.state]}  {event.file}{place}{f'：{said}' if said else ''}"))


def _said(event: Event) -> Iterator[str]:
    if event.plan:
        yield plan_counts(event.plan)
    for one in event.returns:
        yield f"{one.unit} {WHAT_CAME[one.state]} {return_counts(one)}".strip()
    yield from (one.doubt for one in event.returns)
    yield event.message
    yield from (f"答复 {one}" for one in event.replies)
