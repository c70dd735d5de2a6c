"""Long work on the unit directory: taking over one from a file."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.jobs.kinds import Kind
from core.jobs.work import Work
from core.units.importing import differences, take_listing
from core.units.listing import read_listing
from core.units.undoing import IMPORT
from tenants.people.rights import Right
from tenants.sessions import beside

TAKE = "units.import"


def take_directory(work: Work) -> Mapping[str, Any]:
    """`detail`: `file` (the id of a kept file), `dry_run`. The result says what changed, or would; done twice, it
    changes nothing the second time."""
    work.progress("正在读取文件")
    with TemporaryDirectory() as folder:
        entries = read_listing(work.lay_down(work.detail["file"], Path(folder) / "0"))
    dry_run = work.detail["dry_run"]
    # a transaction by itself, which undoing knows by its way
    with beside(work.session, via=IMPORT) as session:
        found = (differences if dry_run else take_listing)(session, entries)
    return {"units": len(entries), "dry_run": dry_run, "changes": [difference._asdict() for difference in found]}


KINDS = (Kind(TAKE, "导入单位名录", take_directory, Right.UNITS_CHANGE),)
