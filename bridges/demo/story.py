"""The main job, end to end: five agencies, one sample document, an edited workbook, an edited database, one sync.

Everything happens by the public commands, which are printed before they run; only the person at the spreadsheet is
played (`bridges.demo.person`).
"""

import hashlib
import json
import shlex
from contextlib import redirect_stdout
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import click

from bridges.demo.person import Typed, type_into
from core.cli import run
from core.runtime import Runtime

SAMPLE = files("core.documents") / "samples" / "demo.txt"
PLACEHOLDER = "云溪市智慧服务局"


class Agency(NamedTuple):
    """A tenant of the demo."""

    slug: str
    name: str
    plugin: str


AGENCIES = (
    Agency("hezuo", "市政府合作交流办", "cooperation_office"),
    Agency("jiading", "嘉定区", "jiading"),
    Agency("jingxin", "市经信委", "economy_informatization"),
    Agency("jiaotong", "市交通委", "transport"),
    Agency("guodong", "市国动办", "defense_mobilization"),
)
EDITED = AGENCIES[0]


class StepFailed(Exception):
    """A command of the demo did not end as it should: the demo is wrong, not the user."""


class Demo:
    """One run of the demo in `runtime`, whose database is the demo's alone; files go to `folder`."""

    def __init__(self, runtime: Runtime, folder: Path) -> None:
        self._runtime, self._folder = runtime, folder

    def tell(self) -> None:
        """The whole story, printed. Workbooks of an earlier run are replaced."""
        for agency in AGENCIES:
            self._workbook(agency).unlink(missing_ok=True)
        self._onboard()
        self._import()
        self._look()
        self._hand_out()
        self._edit_both_sides()
        self._sync()

    def _zwgk(self, *argv: object, status: int = 0) -> None:
        words = [str(word) for word in argv]
        click.secho(f"$ zwgk {shlex.join(words)}", fg="cyan")
        ended = run(words, self._runtime)
        if ended != status:
            raise StepFailed(f"{words}: exit status {ended}, not {status}")

    def _rows(self, agency: Agency) -> list[dict[str, Any]]:
        """The plan's rows, as the command gives them to programs."""
        with redirect_stdout(StringIO()) as shown:
            run(["plan", "show", "--tenant", agency.slug, "--json"], self._runtime)
        return json.loads(shown.getvalue())["rows"]

    def _onboard(self) -> None:
        _heading("一、开通五个机关")
        for agency in AGENCIES:
            self._zwgk("tenant", "add", agency.slug, "--name", agency.name, "--plugin", agency.plugin)

    def _import(self) -> None:
        _heading("二、分解示例文件，导入各机关")
        text = SAMPLE.read_text(encoding="utf-8")
        for agency in AGENCIES:
            path = self._folder / f"{agency.name}要点.txt"
            path.write_text(text.replace(PLACEHOLDER, agency.name), encoding="utf-8")
        self._zwgk("decompose", self._folder / f"{EDITED.name}要点.txt", "--format", "table")
        for agency in AGENCIES:
            self._zwgk("plan", "import", "--tenant", agency.slug, self._folder / f"{agency.name}要点.txt")

    def _look(self) -> None:
        _heading("三、查看要点与责任单位")
        self._zwgk("unit", "list", "--tenant", EDITED.slug)
        self._zwgk("plan", "show", "--tenant", EDITED.slug)

    def _hand_out(self) -> None:
        _heading("四、确认并导出任务分解表")
        for agency in AGENCIES:
            self._zwgk("plan", "confirm", "--tenant", agency.slug)
            self._zwgk("sheet", "export", "--tenant", agency.slug, self._workbook(agency))

    def _workbook(self, agency: Agency) -> Path:
        return self._folder / f"{agency.name}任务分解表.xlsx"

    def _edit_both_sides(self) -> None:
        _heading("五、单位在表格中填报，办公室在系统中修改")
        first, second, third, fourth = self._rows(EDITED)[:4]
        typed = (
            Typed(first["row"], "完成情况", "已办结"),
            Typed(first["row"], "进展情况", "成果目录已公开，受援地活动按月更新。"),
            Typed(second["row"], "完成率(%)", 60),
            Typed(third["row"], "进展情况", "已召开两次联席会议。"),
            Typed(fourth["row"], "完成情况", "差不多了"),
        )
        for edit in typed:
            click.echo(f"  表格：{edit.header} ← {edit.value}")
        type_into(self._workbook(EDITED), typed)
        self._zwgk("task", "set", "--tenant", EDITED.slug, second["row"], "deadline=9月30日前")
        self._zwgk("task", "set", "--tenant", EDITED.slug, third["row"], "progress=已召开一次联席会议。")

    def _sync(self) -> None:
        _heading("六、同步：谁的修改都不丢，不一致的留待人工处理")
        workbook = self._workbook(EDITED)
        self._zwgk("metrics", "--tenant", EDITED.slug)
        self._zwgk("sheet", "sync", "--tenant", EDITED.slug, workbook, "--dry-run", status=1)
        self._zwgk("sheet", "sync", "--tenant", EDITED.slug, workbook, status=1)
        before = _digest(workbook)
        self._zwgk("sheet", "sync", "--tenant", EDITED.slug, workbook, status=1)
        click.echo(f"  再次同步后，表格文件{'一个字节也没有变' if _digest(workbook) == before else '变了'}。")
        self._zwgk("sheet", "conflicts", "--tenant", EDITED.slug, status=1)
        self._zwgk("metrics", "--tenant", EDITED.slug)


def _heading(text: str) -> None:
    click.secho(f"\n{text}", bold=True)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
