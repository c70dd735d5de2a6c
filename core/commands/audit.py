"""`zwgk audit`: looking at the audit, sealing, verifying and exporting it, and removing what is past its term."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from core.commands.output import echo_json, echo_table, json_option
from core.commands.paths import TypedPath
from core.runtime import CHINA, Runtime, with_app
from core.settings import AUDIT_DAYS, setting
from tenants.audit.actions import Action, shown
from tenants.audit.chain import PLATFORM, chain_of
from tenants.audit.exporting import exported
from tenants.audit.pruning import past_term, prune
from tenants.audit.reading import Wanted, entries
from tenants.audit.sealing import Made, seal
from tenants.audit.services import export_audit, read_audit, seal_audit, verify_audit
from tenants.audit.verifying import Verdict, verify
from tenants.services import list_tenants
from tenants.sessions import cross_tenant, tenant_session

OUTCOMES = {"done": "完成", "refused": "拒绝"}
DAY = click.DateTime(["%Y-%m-%d"])
ACTOR, VIA = "platform", "command"
some_tenant = click.option("--tenant", metavar="T", help="租户短名。")
platform_option = click.option("--platform", is_flag=True, help="平台自身的审计（登录、开通租户、跨租户操作）。")


@click.group("audit")
def audit_group() -> None:
    """审计：查看、封存、核验、导出、清理。"""


@audit_group.command("list")
@some_tenant
@platform_option
@click.option("--since", type=DAY, help="从哪一天起，如 2026-03-01。")
@click.option("--until", type=DAY, help="到哪一天止（含当天）。")
@click.option("--actor", default="", help="操作人，如 office、account:17。")
@click.option("--action", type=click.Choice([one.value for one in Action]), help="操作代码。")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="最多多少条。")
@json_option
@with_app
def audit_list(
    _runtime: Runtime,
    tenant: str | None,
    platform: bool,
    since: datetime | None,
    until: datetime | None,
    actor: str,
    action: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """列出操作和字段修改，新的在前。查看本身也记入审计。"""
    begun = since and since.replace(tzinfo=CHINA)
    ended = until and until.replace(tzinfo=CHINA) + timedelta(days=1)
    wanted = Wanted(begun, ended, actor, action or "", limit)
    if _of_platform(tenant, platform):
        with cross_tenant("查看平台自身的审计") as session:
            found = entries(session, PLATFORM, wanted)
    else:
        with tenant_session(tenant, ACTOR, VIA) as session:
            found = read_audit(session, wanted)
    if as_json:
        echo_json([one._asdict() for one in found])
        return
    header = ("时间", "操作人", "途径", "来自", "操作", "结果", "对象", "详情")
    table = [
        (
            f"{one.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
            *(one.actor, one.via, one.address, shown(one.action), OUTCOMES[one.outcome]),
            f"{one.entity} {one.entity_id or ''}".strip(),
            "，".join(f"{name}={value}" for name, value in one.detail.items()),
        )
        for one in found
    ]
    echo_table(header, table)


@audit_group.command("seal")
@some_tenant
@json_option
@with_app
def audit_seal(runtime: Runtime, tenant: str | None, as_json: bool) -> None:
    """封存尚未封存的记录；不写租户则逐个封存全部租户，有维护地址时也封存平台自身的审计。"""
    made: dict[str, Made | None] = {}
    for slug in [tenant] if tenant else [one.slug for one in list_tenants()]:
        with tenant_session(slug, ACTOR, VIA) as session:
            made[slug] = seal_audit(session)
    if not tenant and runtime.app.extensions["zwgk_maint_engine"]:
        with cross_tenant("封存平台自身的审计") as session:
            made[""] = seal(session, PLATFORM)
    told = [
        {"tenant": slug or None, "seal": one.number, "rows": one.rows, "digest": one.digest}
        for slug, one in made.items()
        if one
    ]
    if as_json:
        echo_json(told)
        return
    for one in told:
        click.echo(f"{one['tenant'] or '平台'}：封条 {one['seal']}，记录 {one['rows']} 条，摘要 {one['digest']}")
    click.echo(f"新增封条 {len(told)} 个。")


@audit_group.command("verify")
@some_tenant
@platform_option
@click.option("--from", "first", type=click.IntRange(1), default=1, help="从第几个封条起。")
@click.option("--to", "last", type=click.IntRange(1), help="到第几个封条止。")
@click.option("--head", default="", metavar="DIGEST", help="以前报出的末端摘要：链中须有它，否则末尾被截去。")
@json_option
@with_app
def audit_verify(
    _runtime: Runtime, tenant: str | None, platform: bool, first: int, last: int | None, head: str, as_json: bool
) -> int:
    """重新计算封条，说明哪个封条、哪类记录与封存时不符。"""
    of = {"first": first, "last": last, "head": head}
    if _of_platform(tenant, platform):
        with cross_tenant("核验平台自身的审计") as session:
            verdict = verify(session, PLATFORM, datetime.now(UTC), **of)
    else:
        with tenant_session(tenant, ACTOR, VIA) as session:
            verdict = verify_audit(session, datetime.now(UTC), **of)
    _echo_verdict(verdict, as_json)
    return 1 if verdict.faults else 0


def _of_platform(tenant: str | None, platform: bool) -> bool:
    """Whose audit it is about."""
    if bool(tenant) == platform:
        raise click.UsageError("请写明 --tenant 或 --platform 之一。")
    return platform


def _echo_verdict(verdict: Verdict, as_json: bool) -> None:
    if as_json:
        faults = [{**one._asdict(), "message": one.message} for one in verdict.faults]
        echo_json({"seals": verdict.seals, "rows": verdict.rows, "head": verdict.head, "faults": faults})
        return
    for one in verdict.faults:
        click.echo(one.message)
    found = f"发现 {len(verdict.faults)} 处不符" if verdict.faults else "全部相符"
    click.echo(f"核验封条 {verdict.seals} 个、记录 {verdict.rows} 条，{found}。末端摘要 {verdict.head}")


@audit_group.command("export")
@some_tenant
@platform_option
@click.argument("out", type=TypedPath(dir_okay=False))
@json_option
@with_app
def audit_export(_runtime: Runtime, tenant: str | None, platform: bool, out: Path, as_json: bool) -> None:
    """封存后导出为 JSON 行文件，不用本系统也能核验（见 docs/audit.md）。"""
    partial = out.with_name(f".{out.name}.partial")  # a half export must not look like one
    try:
        with _exporting(tenant, platform) as lines, partial.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    if as_json:
        echo_json({"out": str(out)})
    else:
        click.echo(f"已导出到 {out}。")


@contextmanager
def _exporting(tenant: str | None, platform: bool) -> Iterator[Iterator[str]]:
    if _of_platform(tenant, platform):
        with cross_tenant("导出平台自身的审计") as session:
            seal(session, PLATFORM)
            yield exported(session, PLATFORM)
    else:
        with tenant_session(tenant, ACTOR, VIA) as session:
            yield export_audit(session)


@audit_group.command("prune")
@some_tenant
@json_option
@with_app
def audit_prune(_runtime: Runtime, tenant: str | None, as_json: bool) -> None:
    """清理保存期满（设置 audit.days，至少 180 天）的记录，封条保留；不写租户则清理全部租户。须有维护地址。"""
    now = datetime.now(UTC)
    removed = {slug: _pruned(slug, now) for slug in ([tenant] if tenant else [one.slug for one in list_tenants()])}
    if as_json:
        echo_json(removed)
    else:
        click.echo(f"已清理到期记录 {sum(removed.values())} 条。")


def _pruned(slug: str, now: datetime) -> int:
    with tenant_session(slug, ACTOR, VIA) as session:
        chain, days = chain_of(session), setting(session, AUDIT_DAYS)
        if past_term(session, chain, now, days) is None:
            return 0
    with cross_tenant(f"清理租户 {slug} 的到期审计") as session:
        return prune(session, chain, now, days, ACTOR)
