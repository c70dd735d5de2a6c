"""`zwgk tenant`: onboarding an agency, and its settings."""

from typing import Any

import click
from flask import current_app

from core.commands.output import echo_json, echo_table, json_option
from core.runtime import Runtime, with_app
from core.settings import change_setting, shown_settings
from core.tenancy import onboard
from tenants.services import list_tenants
from tenants.sessions import tenant_session

SWITCHED = {True: "是", False: "否", None: "（按插件）"}


@click.group("tenant")
def tenant_group() -> None:
    """租户：开通与查看。"""


@tenant_group.command("add")
@click.argument("slug")
@click.option("--name", required=True, help="机关名称。")
@click.option("--plugin", "plugin", required=True, metavar="KEY", help="机关插件，见 zwgk plugin list。")
@json_option
@with_app
def tenant_add(_runtime: Runtime, slug: str, name: str, plugin: str, as_json: bool) -> None:
    """开通一个租户，并按插件建立单位组。"""
    tenant, units = onboard(current_app.extensions["zwgk_plugins"], slug, name, plugin)
    if as_json:
        echo_json({"slug": tenant.slug, "name": tenant.name, "plugins": tenant.plugins, "units": units})
    else:
        click.echo(f"已开通租户 {tenant.slug}（{tenant.name}），插件 {plugin}，预置责任单位 {units} 个。")


@tenant_group.command("list")
@json_option
@with_app
def tenant_list(_runtime: Runtime, as_json: bool) -> None:
    """列出全部租户。"""
    tenants = list_tenants()
    if as_json:
        echo_json([{"slug": t.slug, "name": t.name, "plugins": t.plugins} for t in tenants])
    else:
        echo_table(("短名", "名称", "插件"), [(t.slug, t.name, "、".join(t.plugins)) for t in tenants])


@tenant_group.command("set")
@click.argument("slug")
@click.argument("values", nargs=-1, metavar="[设置=值]...")
@json_option
@with_app
def tenant_set(_runtime: Runtime, slug: str, values: tuple[str, ...], as_json: bool) -> None:
    """修改租户的设置，例如：zwgk tenant set T units.first_leads=是；值留空则恢复默认，不写则列出全部设置。"""
    typed = [value.partition("=") for value in values]
    if odd := next((value for value, (_, equals, _) in zip(values, typed, strict=True) if not equals), None):
        raise click.UsageError(f"“{odd}”须写成 设置=值 的形式。")
    with tenant_session(slug, "office", "command") as session:
        for name, _, written in typed:
            change_setting(session, name.strip(), written.strip())
        shown = shown_settings(session)
    if as_json:
        echo_json(shown)
    else:
        table = [(one["name"], _value_shown(one["value"]), one["meaning"]) for one in shown]
        echo_table(("设置", "值", "含义"), table, widest=60)


def _value_shown(value: Any) -> str:
    return SWITCHED[value] if value is None or isinstance(value, bool) else str(value)
