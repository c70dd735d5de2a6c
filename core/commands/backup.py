"""`zwgk backup` and `zwgk restore`: everything, or one tenant."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app

from core.commands.output import echo_json, echo_table, json_option, tenant_option
from core.commands.paths import TypedPath
from core.database import open_urls
from core.runtime import Runtime, with_app
from core.terminal import flat

if TYPE_CHECKING:
    from core.backup.exporting import Told

out_argument = click.argument("out", type=TypedPath(dir_okay=False))
in_argument = click.argument("file", type=TypedPath(exists=True, dir_okay=False), metavar="IN")
SPOKEN = 10_000
"""Rows after which somebody who waits hears again."""


@click.group("backup")
def backup_group() -> None:
    """备份：全部数据，或一个租户。"""


@click.group("restore")
def restore_group() -> None:
    """恢复：全部数据，或一个租户。"""


@backup_group.command("all")
@out_argument
@json_option
@with_app
def backup_all(runtime: Runtime, out: Path, as_json: bool) -> None:
    """把整个数据库备份到一个新文件，服务不必停。须有维护地址，并有 pg_dump。"""
    from core.backup.whole import dump_all

    with open_urls(runtime.environ, runtime.home) as urls:
        manifest = dump_all(runtime.environ, urls, out, datetime.now(UTC))
    if as_json:
        echo_json({"out": str(out)} | asdict(manifest))
    else:
        click.echo(f"已把全部数据备份到 {out}（{out.stat().st_size} 字节）。")


@backup_group.command("tenant")
@out_argument
@tenant_option
@json_option
@with_app
def backup_tenant(_runtime: Runtime, out: Path, tenant: str, as_json: bool) -> None:
    """把一个租户备份到一个新文件（开放格式，见 docs/backup.md），服务不必停。"""
    from core.backup.exporting import export_tenant

    manifest = export_tenant(tenant, out, datetime.now(UTC), _speaking())
    if as_json:
        echo_json({"out": str(out)} | asdict(manifest))
    else:
        rows = sum(member.rows or 0 for member in manifest.members)
        click.echo(f"已把租户 {tenant} 备份到 {out}，共 {rows} 行。文件中有密钥和全部业务数据，请妥善保管。")


@backup_group.command("verify")
@in_argument
@json_option
def backup_verify(file: Path, as_json: bool) -> None:
    """核验备份文件是否完整、本版本能否恢复；不需要数据库。"""
    from core.backup.archive import opened
    from core.backup.contents import read_source
    from core.backup.whole import check_whole
    from core.parts import load_models

    load_models()
    with opened(file) as archive:
        manifest = archive.manifest
        if manifest.kind == "all":
            check_whole(archive)
        else:
            read_source(archive)
    if as_json:
        echo_json(asdict(manifest))
    else:
        kind = "全部数据" if manifest.kind == "all" else f"租户 {manifest.about['tenant']['slug']} "
        click.echo(flat(f"完整：{kind}的备份，{manifest.at} 由 {manifest.zwgk} 制作，数据库结构 {manifest.schema}。"))


@restore_group.command("all")
@in_argument
@json_option
@click.pass_obj
def restore_everything(runtime: Runtime, file: Path, as_json: bool) -> None:
    """把整个数据库恢复到一个空的数据库，并升级到本版本的结构。"""
    from core.backup.whole import restore_all
    from tenants.audit.actions import Action
    from tenants.audit.acts import record_act
    from tenants.sessions import platform_session

    with open_urls(runtime.environ, runtime.home) as urls:
        manifest = restore_all(runtime.environ, urls, file)
        with runtime.app.app_context(), platform_session() as session:
            record_act(session, Action.ALL_RESTORED, detail={"at": manifest.at, "schema": manifest.schema})
    if as_json:
        echo_json(asdict(manifest))
    else:
        click.echo(f"已恢复 {manifest.at} 的备份。请运行 zwgk doctor 和 zwgk audit verify 检查。")


@restore_group.command("tenant")
@in_argument
@click.option("--as", "slug", metavar="SLUG", help="新租户的短名，默认为备份中的短名。")
@click.option("--dry-run", is_flag=True, help="预演：只说明文件里有什么、会做什么。")
@json_option
@with_app
def restore_one(runtime: Runtime, file: Path, slug: str | None, dry_run: bool, as_json: bool) -> int:
    """把一个租户恢复为新的租户，不动其他租户；服务不必停。须有属主地址。"""
    from core.backup.restoring import foresee, restore_tenant

    plugins = current_app.extensions["zwgk_plugins"]
    if dry_run:
        restored = foresee(plugins, file, slug)
    else:
        with open_urls(runtime.environ, runtime.home) as urls:
            restored = restore_tenant(plugins, file, urls.need_owner(), slug, datetime.now(UTC), _speaking())
    source = restored.source
    told = {"slug": restored.slug, "from": source.slug, "name": source.name, "plugins": source.plugins}
    told |= {"at": source.at, "rows": source.rows, "seals": source.seals, "head": source.head}
    told |= {"accounts_matched": restored.matched, "accounts_added": restored.added, "dry_run": dry_run}
    if as_json:
        echo_json(told | {"faults": [fault.message for fault in restored.faults]})
        return 1 if restored.faults else 0
    if dry_run:
        echo_table(("表", "行数"), [(table, rows) for table, rows in source.rows.items() if rows])
    click.echo(
        flat(f"{'将' if dry_run else '已'}把 {source.at} 的租户 {source.slug}（{source.name}）恢复为 {restored.slug}。")
    )
    click.echo(f"共 {sum(source.rows.values())} 行，审计封条 {source.seals} 个，末端摘要 {source.head}。")
    for what, logins in (("沿用已有账号", restored.matched), ("新建账号（尚无密码）", restored.added)):
        if logins:
            click.echo(flat(f"{what}：{'、'.join(logins)}。"))
    click.echo("令牌和上传链接一律吊销，须重新签发。")
    for fault in restored.faults:
        click.echo(f"审计在备份前已有不符：{fault.message}")
    return 1 if restored.faults else 0


def _speaking() -> "Told":
    """Says now and then how far the work is, to whoever waits."""
    spoken = 0

    def told(table: str, rows: int) -> None:
        nonlocal spoken
        if rows - spoken >= SPOKEN:
            spoken = rows
            click.echo(f"{rows} 行（{table}）……", err=True)

    return told
