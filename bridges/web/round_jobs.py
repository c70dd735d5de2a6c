"""Long work on rounds: handing a plan out, collecting what came back, dividing a packet."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bridges.rounds import dividing, sending
from bridges.rounds.collecting import Collector, Task
from bridges.rounds.desk import round_seen
from bridges.rounds.dividing import Divider, Division
from bridges.rounds.sending import LIST_FILE, ZIP_FILE, Order, Sender
from bridges.web.asked import caller_of, kept, plain, slug_of
from core.jobs.kinds import Kind
from core.jobs.work import Work
from core.runtime import china_now, china_today
from core.units.services import check_ids, read_directory
from tenants.people.rights import Right


def send(work: Work) -> Mapping[str, Any]:
    """`detail`: `plan`, `title`, `due`, `units` (ids, none: all that have rows). The round, its packets, the list of
    who got what, and a zip of all. Begun again, it is the same round."""
    asked = work.detail
    check_ids(work.session, asked["units"])
    by_id = read_directory(work.session).by_id
    with TemporaryDirectory() as folder:
        out, due = Path(folder) / "下发", asked["due"] and date.fromisoformat(asked["due"])
        names = tuple(by_id[id_].name for id_ in asked["units"])
        order = Order(asked["plan"], out, asked["title"], due, names, mark=f"job:{work.number}")
        sender = Sender(slug_of(work.session), order, china_today(), china_now, caller_of(work))
        done = sender.send(lambda number, total, _file: work.progress("正在生成下发表", number, total))
        made = [out / name for name in (ZIP_FILE, LIST_FILE, *(one.file for one in done.packets))]
        whole, list_, *files = kept(work, made)
    sending.give_out(work.session, done, china_now())
    packets = [
        file | {"unit": one.unit, "rows": one.rows, "version": one.version}
        for one, file in zip(done.packets, files, strict=True)
    ]
    of = {"round": done.id, "key": done.key, "title": done.title, "due": done.due}
    got = {"packets": packets, "zip": whole, "list": list_, "without_unit": done.without_unit}
    return plain(of | got)


def collect(work: Work) -> Mapping[str, Any]:
    """`detail`: `round`, `files`, `accepted`, `confirmed`, `replies`, `dry_run`. The report, as the command line gives
    it, its exit status, and the answers. What was taken when it was begun before is told as such, and answered."""
    asked = work.detail
    with TemporaryDirectory() as folder:
        paths = [work.lay_down(file, Path(folder) / str(place)) for place, file in enumerate(asked["files"])]
        replies = Path(folder) / "答复" if asked["replies"] else None
        task = Task(
            tuple(paths),
            round_seen(work.session, asked["round"], work.units).key,
            replies,
            asked["accepted"],
            {file: frozenset(codes) for file, codes in asked["confirmed"].items()},
            asked["dry_run"],
            again=replies is not None,
        )

        def progress(what: str, number: int, total: int, _name: str) -> None:
            work.progress(f"正在{what}", number, total)

        collector = Collector(slug_of(work.session), task, china_today(), china_now, progress, caller_of(work))
        found = collector.collect()
        written = sorted({file.reply for file in found.files if file.reply}) if replies else ()
        files = kept(work, [replies / name for name in written])
    return plain(found.as_json() | {"status": found.status, "files_made": files})


def divide(work: Work) -> Mapping[str, Any]:
    """`detail`: `round`, `file`, `by`, `into` (division → row numbers). A workbook for each division, and how many rows
    none of them got. Begun again, what was made before and given to nobody is replaced."""
    asked = work.detail
    with TemporaryDirectory() as folder:
        out = Path(folder) / "划分"
        out.mkdir()
        division = Division(
            work.lay_down(asked["file"], Path(folder) / "0"),
            out,
            asked["by"],
            {part: frozenset(numbers) for part, numbers in asked["into"].items()},
            round_seen(work.session, asked["round"], work.units).key,
            later=True,
        )
        divider = Divider(slug_of(work.session), division, china_today(), china_now, caller_of(work))
        done = divider.divide(lambda number, total, _file: work.progress("正在划分", number, total))
        files = kept(work, [out / one.file for one in done.parts])
    dividing.give_out(work.session, done.parts)
    parts = [
        file | {"part": one.unit, "rows": one.rows, "version": one.version}
        for one, file in zip(done.parts, files, strict=True)
    ]
    return {"unit": done.unit, "parts": parts, "left": done.left}


KINDS = (
    Kind("round.send", "下发", send, Right.ROUNDS_SEND),
    Kind("round.collect", "汇总回收件", collect, Right.ROUNDS_RETURN),
    Kind("round.divide", "划分下发表", divide, Right.ROUNDS_RETURN),
)
