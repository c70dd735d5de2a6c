"""`zwgk unit`: the unit directory of an agency, and what it means for its plans."""

from datetime import datetime
from pathlib import Path

import click

from core.commands.account import now
from core.commands.output import echo_json, echo_table, json_option, tenant_option
from core.commands.paths import TypedPath
from core.commands.unit_plans import unit_answer, unit_missing, unit_offers
from core.runtime import Runtime, with_app
from core.units.changes import cancel, reorganise
from core.units.importing import Difference, differences, take_listing
from core.units.listing import read_listing
from core.units.models import KIND_NAMES, UNIT_KINDS
from core.units.removing import remove_units
from core.units.services import add_unit, join_group, leave_group, read_directory
from core.units.shown import shown_unit
from core.units.undoing import IMPORT, REMOVE, UNDO, Undone, undo_last
from tenants.sessions import tenant_session

WHAT = {
    "added": "新增",
    "kind": "类别",
    "aliases": "增加别名",
    "joined": "加入成员",
    "left": "移出成员",
    "settled": "确认为单位",
}
FIELDS = {"kind": "类别", "aliases": "别名", "members": "成员", "settled": "是否已确认"}
UNDONE = {
    "removed": "删除",
    "restored": "恢复原来的{fields}",
    "returned": "恢复",
    "changed": "不动：导入后又有改动",
    "used": "不动：要点或其他单位已用到",
    "taken": "不动：名称或别名已属于另一单位",
}


@click.group("unit")
def unit_group() -> None:
    """责任单位：单位、单位组及成员。"""


@unit_group.command("list")
@tenant_option
@json_option
@with_app
def unit_list(_runtime: Runtime, tenant: str, as_json: bool) -> None:
    """列出租户的责任单位。"""
    with tenant_session(tenant, "office", "command") as session:
        directory = read_directory(session)
        shown = [shown_unit(directory, unit) for unit in directory.units()]
    if as_json:
        echo_json(shown)
        return
    table = [
        (u["name"], KIND_NAMES[u["kind"]], *("、".join(u[key]) for key in ("members", "aliases", "successors")))
        for u in shown
    ]
    echo_table(("名称", "类别", "成员", "别名", "变更为"), table)


@unit_group.command("add")
@click.argument("name")
@tenant_option
@click.option("--kind", type=click.Choice(UNIT_KINDS), default=None, help="类别，默认按名称判断。")
@click.option("--member", "members", multiple=True, help="成员，可重复；用于单位组。")
@click.option("--alias", "aliases", multiple=True, help="别名，可重复。")
@json_option
@with_app
def unit_add(
    _runtime: Runtime,
    name: str,
    tenant: str,
    kind: str | None,
    members: tuple[str, ...],
    aliases: tuple[str, ...],
    as_json: bool,
) -> None:
    """增加一个责任单位或单位组。"""
    with tenant_session(tenant, "office", "command") as session:
        unit = add_unit(session, name, kind or "", members, aliases)
        added = {"name": unit.name, "kind": unit.kind, "members": members, "aliases": aliases}
    if as_json:
        echo_json(added)
    else:
        click.echo(f"已增加责任单位“{name}”。")


@unit_group.command("join")
@click.argument("group")
@click.argument("members", nargs=-1, required=True)
@tenant_option
@json_option
@with_app
def unit_join(_runtime: Runtime, group: str, members: tuple[str, ...], tenant: str, as_json: bool) -> None:
    """把已有单位加入单位组；已确认的要点不受影响。"""
    with tenant_session(tenant, "office", "command") as session:
        directory = read_directory(session)
        unit, new = directory.get(group), list(dict.fromkeys(directory.get(m) for m in members))
        joined = [one.name for one in new if one not in directory.members(unit)]
        join_group(session, unit, new)
    if as_json:
        echo_json({"group": group, "joined": joined})
    else:
        click.echo(f"已将 {len(joined)} 个单位加入“{group}”。")


@unit_group.command("leave")
@click.argument("group")
@click.argument("members", nargs=-1, required=True)
@tenant_option
@json_option
@with_app
def unit_leave(_runtime: Runtime, group: str, members: tuple[str, ...], tenant: str, as_json: bool) -> None:
    """把单位移出单位组；已确认的要点不受影响。"""
    with tenant_session(tenant, "office", "command") as session:
        directory = read_directory(session)
        unit, going = directory.get(group), list(dict.fromkeys(directory.get(m) for m in members))
        left = [one.name for one in going if one in directory.members(unit)]
        leave_group(session, unit, going)
    if as_json:
        echo_json({"group": group, "left": left})
    else:
        click.echo(f"已将 {len(left)} 个单位移出“{group}”。")


@unit_group.command("change")
@click.argument("units", nargs=-1, required=True, metavar="单位...")
@tenant_option
@click.option("--into", "into", multiple=True, metavar="单位", help="变更后的单位，可重复（拆分）；没有的自动增加。")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="变更日期，当年起的要点按变更后的单位落实。")
@click.option("--cancel", "cancelled", is_flag=True, help="撤销登记的变更；要点不受影响。")
@json_option
@with_app
def unit_change(
    _runtime: Runtime,
    units: tuple[str, ...],
    tenant: str,
    into: tuple[str, ...],
    since: datetime | None,
    cancelled: bool,
    as_json: bool,
) -> None:
    """登记机构改革：更名、合并、拆分，例如：zwgk unit change 区经委 --into 区经信委 --since 2024-03-01 --tenant T。"""
    if cancelled == bool(into) or bool(into) != bool(since):
        raise click.UsageError("请写明 --into 和 --since，或只写 --cancel。")
    with tenant_session(tenant, "office", "command") as session:
        if since:
            changed = reorganise(session, units, into, since.date())
        else:
            directory = read_directory(session)
            changed = sum(cancel(session, directory.named(unit)) for unit in units) > 0
    if as_json:
        echo_json({"units": units, "into": into, "since": since and since.date(), "changed": changed})
    elif not changed:
        click.echo("与已登记的相同，未作更改。")
    else:
        click.echo("已撤销登记。" if cancelled else f"已登记：{'、'.join(units)} → {'、'.join(into)}。已有的要点照旧。")


@unit_group.command("import")
@click.argument("file", type=TypedPath())
@tenant_option
@click.option("--apply", "apply", is_flag=True, help="写入；不写则只列出将有的更改。")
@json_option
@with_app
def unit_import(_runtime: Runtime, file: Path, tenant: str, apply: bool, as_json: bool) -> None:
    """从表格（xlsx、csv 等）导入单位名录：先列出将有的更改，加 --apply 写入；重复导入不会重复增加。"""
    entries = read_listing(file)
    with tenant_session(tenant, "office", IMPORT) as session:
        found = (take_listing if apply else differences)(session, entries)
    if as_json:
        changes = [difference._asdict() for difference in found]
        echo_json({"units": len(entries), "applied": apply, "changes": changes})
        return
    echo_table(("单位", "更改", "原来", "改为"), list(map(_difference, found)))
    if not found:
        click.echo("名录与表格一致，没有更改。")
    elif apply:
        click.echo(f"已导入：表中 {len(entries)} 个单位，更改 {len(found)} 处；如须撤销，运行 zwgk unit undo。")
    else:
        click.echo(f"表中 {len(entries)} 个单位，将更改 {len(found)} 处；核对后加 --apply 写入。")


def _difference(found: Difference) -> tuple[str, str, str, str]:
    return found.name, WHAT[found.what], KIND_NAMES.get(found.old, found.old), KIND_NAMES.get(found.new, found.new)


@unit_group.command("remove")
@click.argument("units", nargs=-1, required=True, metavar="单位...")
@tenant_option
@json_option
@with_app
def unit_remove(_runtime: Runtime, units: tuple[str, ...], tenant: str, as_json: bool) -> None:
    """删除责任单位：只限没有任何地方用到的，如写错名称而误加的；可用 zwgk unit undo 撤销。"""
    with tenant_session(tenant, "office", REMOVE) as session:
        removed = remove_units(session, units, now())
    if as_json:
        echo_json({"removed": removed})
    else:
        click.echo(f"已删除责任单位“{'”“'.join(removed)}”；如须撤销，运行 zwgk unit undo。")


@unit_group.command("undo")
@tenant_option
@click.option("--apply", "apply", is_flag=True, help="撤销；不写则只列出将有的更改。")
@json_option
@with_app
def unit_undo(_runtime: Runtime, tenant: str, apply: bool, as_json: bool) -> int:
    """撤销最近一次名录导入或删除：先列出将有的更改，加 --apply 撤销。

    导入后又有改动的、已经用到的单位不动，并逐一列出。
    """
    with tenant_session(tenant, "office", UNDO) as session:
        found = undo_last(session)
        if not apply:
            session.rollback()
    staying = sum(undone.stays for undone in found)
    if as_json:
        echo_json({"applied": apply, "units": [undone._asdict() for undone in found]})
        return int(staying > 0)
    echo_table(("单位", "撤销"), list(map(_undone, found)))
    if apply:
        click.echo(f"已撤销 {len(found) - staying} 个单位的更改，{staying} 个不动。")
    else:
        click.echo(f"将撤销 {len(found) - staying} 个单位的更改，{staying} 个不动；核对后加 --apply 撤销。")
    return int(staying > 0)


def _undone(undone: Undone) -> tuple[str, str]:
    fields = "、".join(FIELDS[field] for field in undone.fields)
    return undone.name, UNDONE[undone.what].format(fields=fields)


for _command in (unit_answer, unit_missing, unit_offers):
    unit_group.add_command(_command)
