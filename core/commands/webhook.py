"""`zwgk webhook`: who is told of what happens, and what was sent to him."""

from datetime import datetime
from typing import Any

import click
from flask import Flask
from marshmallow import Schema

from core.commands.account import now, shown_time
from core.commands.output import echo_json, echo_table, json_option, tenant_option
from core.runtime import CHINA, Runtime, with_app
from tenants.sessions import tenant_session

WEBHOOK = click.argument("webhook", metavar="编号", type=click.IntRange(1, 2**63 - 1))
STATES = {"waiting": "待推送", "done": "已送达", "failed": "失败"}


@click.group("webhook")
def webhook_group() -> None:
    """事件推送：有变化时通知机关自己的其他系统，带签名，失败时重试。"""


@webhook_group.command("add")
@click.argument("address", metavar="地址")
@tenant_option
@click.option("--event", "events", multiple=True, required=True, help="事件，可重复，见 docs/api.md。")
@json_option
@with_app
def webhook_add(runtime: Runtime, address: str, tenant: str, events: tuple[str, ...], as_json: bool) -> None:
    """设置一个事件推送；签名密钥只显示这一次。"""
    from core.webhooks.services import add_webhook

    with tenant_session(tenant, "office", "command") as session:
        made = add_webhook(session, _networks(runtime.app), address, events, now())
        _echo_secret(made, as_json, "已设置")


@webhook_group.command("list")
@tenant_option
@json_option
@with_app
def webhook_list(_runtime: Runtime, tenant: str, as_json: bool) -> None:
    """列出全部事件推送。"""
    from core.webhooks.schemas import WebhookSchema, message
    from core.webhooks.services import list_webhooks

    with tenant_session(tenant, "office", "command") as session:
        found = list_webhooks(session)
        if as_json:
            echo_json(WebhookSchema(many=True).dump(found))
            return
        rows = [(one.id, one.address, "、".join(one.events), "启用" if one.active else "停用") for one in found]
        echo_table(("编号", "地址", "事件", "状态"), rows, widest=60)
        for one in found:
            if message(one):
                click.echo(f"{one.id}：{message(one)}")


@webhook_group.command("set")
@WEBHOOK
@tenant_option
@click.option("--address", help="改为此地址。")
@click.option("--event", "events", multiple=True, help="改为这些事件，可重复。")
@click.option("--on/--off", "active", default=None, help="启用；停用。")
@json_option
@with_app
def webhook_set(
    runtime: Runtime,
    webhook: int,
    tenant: str,
    address: str | None,
    events: tuple[str, ...],
    active: bool | None,
    as_json: bool,
) -> None:
    """修改一个事件推送，停用或启用。"""
    from core.webhooks.schemas import WebhookSchema
    from core.webhooks.services import change_webhook, find_webhook

    with tenant_session(tenant, "office", "command") as session:
        networks, found = _networks(runtime.app), find_webhook(session, webhook)
        changed = change_webhook(session, networks, found, address, events or None, active)
        _echo(WebhookSchema(), changed, as_json, f"已修改事件推送 {webhook}。")


@webhook_group.command("secret")
@WEBHOOK
@tenant_option
@json_option
@with_app
def webhook_secret(_runtime: Runtime, webhook: int, tenant: str, as_json: bool) -> None:
    """更换签名密钥，只显示这一次；旧密钥 24 小时内同时有效。"""
    from core.webhooks.services import renew_secret

    with tenant_session(tenant, "office", "command") as session:
        _echo_secret(renew_secret(session, webhook, now()), as_json, "已更换密钥")


@webhook_group.command("remove")
@WEBHOOK
@tenant_option
@json_option
@with_app
def webhook_remove(_runtime: Runtime, webhook: int, tenant: str, as_json: bool) -> None:
    """删除一个事件推送及其推送记录。"""
    from core.webhooks.services import remove_webhook

    with tenant_session(tenant, "office", "command") as session:
        remove_webhook(session, webhook)
    if as_json:
        echo_json({"id": webhook})
    else:
        click.echo(f"已删除事件推送 {webhook}。")


@webhook_group.command("test")
@WEBHOOK
@tenant_option
@json_option
@with_app
def webhook_test(_runtime: Runtime, webhook: int, tenant: str, as_json: bool) -> None:
    """推送一个测试事件，由 zwgk worker 发出；结果见 zwgk webhook deliveries。"""
    from core.webhooks.schemas import DeliverySchema
    from core.webhooks.services import ping

    with tenant_session(tenant, "office", "command") as session:
        made = ping(session, webhook)
        _echo(DeliverySchema(), made, as_json, f"已加入推送记录 {made.id}，由 zwgk worker 发出。")


@webhook_group.command("deliveries")
@WEBHOOK
@tenant_option
@click.option("--state", type=click.Choice(tuple(STATES)), help="只看这一状态的。")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, help="至多列出几条。")
@json_option
@with_app
def webhook_deliveries(
    _runtime: Runtime, webhook: int, tenant: str, state: str | None, limit: int, as_json: bool
) -> None:
    """列出推送记录，最近的在前，保存 30 天。"""
    from core.webhooks.models import Delivery
    from core.webhooks.schemas import DeliverySchema
    from core.webhooks.services import deliveries_query, find_webhook

    with tenant_session(tenant, "office", "command") as session:
        query = deliveries_query(find_webhook(session, webhook).id, state).order_by(Delivery.id.desc())
        found = session.scalars(query.limit(limit)).all()
        if as_json:
            echo_json(DeliverySchema(many=True).dump(found))
            return
        rows = [
            (
                *(one.id, shown_time(one.created_at), one.kind, STATES[one.state], one.attempts),
                *(one.status, shown_time(one.due_at), one.answer.replace("\n", " ")),
            )
            for one in found
        ]
    echo_table(("编号", "时间", "事件", "状态", "次数", "应答", "下次推送", "说明"), rows)


@webhook_group.command("resend")
@WEBHOOK
@tenant_option
@click.option("--delivery", type=click.IntRange(1, 2**63 - 1), help="只补发这一条记录，不论结果如何。")
@click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%d %H:%M"]), help="补发此时以来失败的。")
@json_option
@with_app
def webhook_resend(
    _runtime: Runtime, webhook: int, tenant: str, delivery: int | None, since: datetime | None, as_json: bool
) -> None:
    """补发：一条记录，或某时以来失败的全部（一次至多 1000 条）。"""
    from core.webhooks.services import DeliveryUnknown, resend, resend_failed

    if (delivery is None) == (since is None):
        raise click.UsageError("请写明 --delivery 或 --since 其中之一。")
    with tenant_session(tenant, "office", "command") as session:
        if since is not None:
            count = resend_failed(session, webhook, since.replace(tzinfo=CHINA), now())
        else:
            if resend(session, delivery, now()).webhook_id != webhook:
                raise DeliveryUnknown(id=delivery)
            count = 1
    if as_json:
        echo_json({"resent": count})
    else:
        click.echo(f"将补发 {count} 条。")


def _networks(app: Flask) -> Any:
    from core.webhooks.delivering import EXTENSION

    return app.extensions[EXTENSION].networks


def _echo(schema: Schema, found: Any, as_json: bool, told: str) -> None:
    if as_json:
        echo_json(schema.dump(found))
    else:
        click.echo(told)


def _echo_secret(made: Any, as_json: bool, done: str) -> None:
    from core.webhooks.schemas import WebhookMadeSchema

    _echo(
        WebhookMadeSchema(), made, as_json, f"{done}：事件推送 {made.webhook.id}。签名密钥只显示这一次：\n{made.secret}"
    )
