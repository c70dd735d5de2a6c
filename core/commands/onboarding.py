"""`zwgk tenant apply`, `applications`, `approve`, `refuse`, `link`, `steps`, `plugins`: an agency comes."""

from dataclasses import asdict

import click
from flask import current_app

from core.commands.account import now, shown_time
from core.commands.output import echo_json, echo_table, json_option
from core.onboarding.applying import KEPT, KINDS, Wish, apply, list_applications
from core.onboarding.checklist import steps_of
from core.onboarding.deciding import LINK_DAYS, Approved, Grant, approve, link_anew, refuse
from core.onboarding.models import STATE_NAMES, STATES
from core.onboarding.schemas import ApplicationSchema
from core.runtime import Runtime, with_app
from core.tenant.plugins import Effect, change_plugin
from tenants.models import Tenant
from tenants.people.tracing import BY_COMMAND
from tenants.services import find_tenant
from tenants.sessions import tenant_session

KIND_NAMES = dict(zip(KINDS, ("部门", "区县"), strict=True))
reference_argument = click.argument("reference", metavar="申请编号")


@click.command("apply")
@click.argument("name", metavar="机关名称")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="机关类别：部门或区县。")
@click.option("--plugin", default="", help="希望使用的插件，可不写。")
@click.option("--contact", required=True, help="联系人姓名。")
@click.option("--login", required=True, help="联系人希望的登录名。")
@click.option("--reach", required=True, help="联系方式：电话、邮箱等。")
@json_option
@with_app
def tenant_apply(_runtime: Runtime, as_json: bool, **wish: str) -> None:
    """登记一份入驻申请（机关也可以自己在线提交）。"""
    applied = apply(Wish(**wish), now(), BY_COMMAND)
    if as_json:
        echo_json(asdict(applied))
        return
    click.echo(f"已登记申请 {applied.reference}，查询口令（只显示这一次）：{applied.secret}")
    click.echo(f"{KEPT.days} 天内有效。批准：zwgk tenant approve {applied.reference} --slug 短名 --plugin 插件")


@click.command("applications")
@click.option("--state", type=click.Choice(STATES), help="只列某一状态的。")
@json_option
@with_app
def tenant_applications(_runtime: Runtime, state: str | None, as_json: bool) -> None:
    """列出入驻申请，最早的在前。"""
    found = list_applications(now(), state)
    if as_json:
        echo_json(ApplicationSchema(many=True).dump(found))
        return
    header = ("申请编号", "机关", "类别", "希望的插件", "联系人", "登录名", "联系方式", "申请时间", "状态")
    rows = [
        (
            *(one.reference, one.name, KIND_NAMES[one.kind], one.plugin, one.contact, one.login, one.reach),
            *(shown_time(one.at), STATE_NAMES[one.state]),
        )
        for one in found
    ]
    echo_table(header, rows)


@click.command("approve")
@reference_argument
@click.option("--slug", required=True, metavar="短名", help="租户短名。")
@click.option("--plugin", "plugins", multiple=True, required=True, metavar="KEY", help="插件，可重复，机关的在前。")
@click.option("--login", default="", help="管理员的登录名，默认为申请所写。")
@click.option("--same-person", is_flag=True, help="登录名已有账号，且确认是同一人：不发链接，用原来的方式登录。")
@json_option
@with_app
def tenant_approve(
    _runtime: Runtime,
    reference: str,
    slug: str,
    plugins: tuple[str, ...],
    login: str,
    same_person: bool,
    as_json: bool,
) -> None:
    """批准申请：开通租户，建立责任单位，邀请首位租户管理员，显示其一次性链接的密钥。"""
    grant = Grant(slug, plugins, login, same_person)
    approved = approve(current_app.extensions["zwgk_plugins"], reference, grant, now(), BY_COMMAND)
    if as_json:
        echo_json(asdict(approved))
    elif approved.units is None:
        click.echo(f"申请 {approved.reference} 此前已这样批准，未作任何更改。链接遗失：zwgk tenant link {reference}")
    else:
        click.echo(f"已开通租户 {approved.slug}，预置责任单位 {approved.units} 个。")
        _tell_link(approved)


@click.command("refuse")
@reference_argument
@click.option("--reason", required=True, help="理由，申请人看得到。")
@json_option
@with_app
def tenant_refuse(_runtime: Runtime, reference: str, reason: str, as_json: bool) -> None:
    """拒绝申请，并说明理由。"""
    refuse(reference, reason, now(), BY_COMMAND)
    if as_json:
        echo_json({"reference": reference, "state": "refused"})
    else:
        click.echo(f"已拒绝申请 {reference}，申请人凭编号和口令可以看到理由。")


@click.command("link")
@reference_argument
@json_option
@with_app
def tenant_link(_runtime: Runtime, reference: str, as_json: bool) -> None:
    """重新发放首位管理员的一次性链接，原来的随即失效。"""
    issued = link_anew(reference, now(), BY_COMMAND)
    if as_json:
        echo_json(asdict(issued))
    else:
        _tell_link(issued)


@click.command("steps")
@click.argument("slug")
@json_option
@with_app
def tenant_steps(_runtime: Runtime, slug: str, as_json: bool) -> None:
    """从开通到发出第一张表：完成了哪些，下一步做什么。"""
    with tenant_session(slug, "office", "command") as session:
        steps = [step.shown(slug) for step in steps_of(session)]
    if as_json:
        echo_json(steps)
        return
    for step in steps:
        mark = "完成" if step["done"] else f"{step['count']}/{step['total']}"
        click.echo(f"[{mark}] {step['title']}")
        if not step["done"]:
            click.echo("\n".join(f"    {line}" for line in (step["next"], step["command"]) if line))


@click.command("plugins")
@click.argument("slug")
@click.option("--enable", metavar="KEY", help="启用一个插件。")
@click.option("--disable", metavar="KEY", help="停用一个插件；不删除任何数据，再启用即恢复原状。")
@click.option("--dry-run", is_flag=True, help="预演：只说明会变什么。")
@json_option
@with_app
def tenant_plugins(
    _runtime: Runtime, slug: str, enable: str | None, disable: str | None, dry_run: bool, as_json: bool
) -> None:
    """租户启用了哪些插件；启用或停用一个。"""
    if enable and disable:
        raise click.UsageError("--enable 和 --disable 一次只能用一个。")
    key = enable or disable
    if key is None:
        _list_plugins(find_tenant(slug), as_json)
        return
    manager = current_app.extensions["zwgk_plugins"]
    effect = change_plugin(manager, slug, key, enable is not None, BY_COMMAND, dry_run)
    if as_json:
        echo_json(asdict(effect) | {"dry_run": dry_run})
    else:
        _tell_effect(effect, dry_run)


def _list_plugins(tenant: Tenant, as_json: bool) -> None:
    agencies = {entry.key: entry.agency.name for entry in current_app.extensions["zwgk_plugins"].catalogue()}
    gone = {key: "（未加载）" for key in tenant.plugins if key not in agencies}
    named = (agencies | gone).items()
    listed = [{"key": key, "agency": agency, "enabled": key in tenant.plugins} for key, agency in named]
    if as_json:
        echo_json(listed)
    else:
        echo_table(("插件", "机关", "启用"), [(e["key"], e["agency"], "是" if e["enabled"] else "") for e in listed])


def _tell_effect(effect: Effect, dry_run: bool) -> None:
    done = "启用" if effect.enabled else "停用"
    click.echo(f"{'将' if dry_run else '已'}{done}插件 {effect.plugin}，其后的插件：{'、'.join(effect.plugins)}。")
    come = "增加" if effect.enabled else "不再提供"
    told = (("责任单位", effect.units), ("任务模板", effect.templates), ("指标", effect.metrics))
    for what, names in told:
        if names:
            click.echo(f"{come}{what} {len(names)} 项：{'、'.join(names)}")
    if effect.columns:
        click.echo(f"新表的列有变化：{'、'.join(effect.columns)}")


def _tell_link(approved: Approved) -> None:
    if approved.secret is None:
        click.echo(f"管理员 {approved.login} 用原来的方式登录；账号没有密码的，请安全管理员设置。")
        return
    click.echo(f"管理员 {approved.login} 的链接密钥（只显示这一次，{LINK_DAYS} 天内有效）：{approved.secret}")
    click.echo("请当面或经可靠渠道交给本人；由其设置首个密码和两步验证。")
