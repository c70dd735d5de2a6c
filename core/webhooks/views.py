"""Webhooks over HTTP: set up by the tenant's administrator, with the log of what was sent."""

from typing import Any

from flask import current_app

from core.api.access import Acting, access, now
from core.api.blueprint import ApiBlueprint
from core.api.paging import page
from core.api.replay import hold_secret
from core.webhooks.delivering import EXTENSION
from core.webhooks.models import Delivery
from core.webhooks.schemas import (
    DeliveryPageSchema,
    DeliveryQuery,
    DeliverySchema,
    ResentSchema,
    SinceSchema,
    WebhookChangeSchema,
    WebhookMadeSchema,
    WebhookSchema,
)
from core.webhooks.services import (
    add_webhook,
    change_webhook,
    deliveries_query,
    find_webhook,
    list_webhooks,
    lock_webhook,
    ping,
    remove_webhook,
    renew_secret,
    resend,
    resend_failed,
)
from tenants.people.rights import Right

webhooks = ApiBlueprint("webhooks", __name__, "/webhooks", "事件推送")
deliveries = ApiBlueprint("deliveries", __name__, "/deliveries", "推送记录")


@webhooks.get("")
@access(Right.WEBHOOKS_CHANGE)
@webhooks.response(200, WebhookSchema(many=True))
def all_webhooks(acting: Acting) -> Any:
    """全部事件推送，先设的在前。"""
    return list_webhooks(acting.session)


@webhooks.post("")
@access(Right.WEBHOOKS_CHANGE)
@webhooks.arguments(WebhookSchema)
@webhooks.response(201, WebhookMadeSchema)
def add(acting: Acting, given: dict[str, Any]) -> Any:
    """设置事件推送；签名密钥只显示这一次。"""
    hold_secret()
    networks = current_app.extensions[EXTENSION].networks
    return add_webhook(acting.session, networks, given["address"], given["events"], now())


@webhooks.get("/<int:webhook>")
@access(Right.WEBHOOKS_CHANGE)
@webhooks.etag
@webhooks.response(200, WebhookSchema)
def one_webhook(acting: Acting, webhook: int) -> Any:
    """一个事件推送。"""
    return find_webhook(acting.session, webhook)


@webhooks.patch("/<int:webhook>")
@access(Right.WEBHOOKS_CHANGE)
@webhooks.etag
@webhooks.arguments(WebhookChangeSchema)
@webhooks.response(200, WebhookSchema)
def change(acting: Acting, given: dict[str, Any], webhook: int) -> Any:
    """修改地址、事件，停用或启用，须带 If-Match；停用时，未发出的不再发出，可在启用后补发。"""
    found = lock_webhook(acting.session, webhook)
    webhooks.check_etag(found, WebhookSchema)
    return change_webhook(acting.session, current_app.extensions[EXTENSION].networks, found, **given)


@webhooks.delete("/<int:webhook>")
@access(Right.WEBHOOKS_CHANGE)
@webhooks.response(204)
def remove(acting: Acting, webhook: int) -> None:
    """删除事件推送及其推送记录。"""
    remove_webhook(acting.session, webhook)


@webhooks.post("/<int:webhook>/secret")
@access(Right.WEBHOOKS_CHANGE)
@webhooks.response(200, WebhookMadeSchema)
def new_secret(acting: Acting, webhook: int) -> Any:
    """更换签名密钥，只显示这一次；旧密钥 24 小时内同时有效。"""
    hold_secret()
    return renew_secret(acting.session, webhook, now())


@webhooks.post("/<int:webhook>/ping")
@access(Right.WEBHOOKS_CHANGE)
@webhooks.response(202, DeliverySchema)
def try_out(acting: Acting, webhook: int) -> Any:
    """推送一个测试事件。"""
    return ping(acting.session, webhook)


@webhooks.get("/<int:webhook>/deliveries")
@access(Right.WEBHOOKS_CHANGE)
@webhooks.arguments(DeliveryQuery, location="query")
@webhooks.response(200, DeliveryPageSchema)
def log(acting: Acting, asked: dict[str, Any], webhook: int) -> Any:
    """推送记录，最近的在前，保存 30 天；可只看某一状态、某种事件的。"""
    found = find_webhook(acting.session, webhook)
    query = deliveries_query(found.id, asked["state"], asked["kind"]).add_columns(Delivery.id)
    rows = page(acting.session, query, (Delivery.id,), asked, falling=True)
    return {"items": [row[0] for row in rows.items], "next": rows.next}


@webhooks.post("/<int:webhook>/resend")
@access(Right.WEBHOOKS_CHANGE)
@webhooks.arguments(SinceSchema)
@webhooks.response(202, ResentSchema)
def resend_all(acting: Acting, given: dict[str, Any], webhook: int) -> Any:
    """补发某时以来失败的推送，一次至多 1000 个。"""
    return {"resent": resend_failed(acting.session, webhook, given["since"], now())}


@deliveries.post("/<int:delivery>/resend")
@access(Right.WEBHOOKS_CHANGE)
@deliveries.response(202, DeliverySchema)
def resend_one(acting: Acting, delivery: int) -> Any:
    """再次推送同一事件，编号不变。"""
    return resend(acting.session, delivery, now())
