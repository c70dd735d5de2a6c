"""How webhooks and their deliveries look over HTTP."""

from marshmallow import Schema, fields, validate

from core.api.paging import PageQuery
from core.webhooks.events import EVENTS, PING
from core.webhooks.models import STATES
from core.webhooks.reach import LONGEST

STOPPED = "连续 3 天推送失败，已自动停用。修好接收方后请重新启用，再补发失败的推送。"
_STATE = validate.OneOf(STATES)
_events = fields.List(fields.String(validate=validate.OneOf(list(EVENTS))), validate=validate.Length(1, len(EVENTS)))


def message(webhook: object) -> str:
    """What a person should know of a webhook; empty for one that is well."""
    return STOPPED if not webhook.active and webhook.failing_since else ""


class WebhookChangeSchema(Schema):
    """What of a webhook is to be changed; `active`: whether anything is sent."""

    address = fields.String(validate=validate.Length(1, LONGEST))
    events = _events
    active = fields.Boolean()


class WebhookSchema(WebhookChangeSchema):
    """A webhook. `failing_since`: no attempt has succeeded since then; `message`: why it is off, if it went off by
    itself; `former_until`: until then the former secret signs as well."""

    id = fields.Integer(dump_only=True)
    address = fields.String(required=True, validate=validate.Length(1, LONGEST))
    events = fields.List(_events.inner, required=True, validate=_events.validate)
    active = fields.Boolean(dump_only=True)
    message = fields.Function(message)
    made_by = fields.String(dump_only=True)
    created_at = fields.AwareDateTime(dump_only=True)
    failing_since = fields.AwareDateTime(dump_only=True, allow_none=True)
    former_until = fields.AwareDateTime(dump_only=True, allow_none=True)


class WebhookMadeSchema(Schema):
    """A webhook and the secret that signs what it gets, shown this once."""

    webhook = fields.Nested(WebhookSchema)
    secret = fields.String()


class DeliverySchema(Schema):
    """One event for one webhook. `event`: its id, the header `webhook-id`; `status` and `answer`: of the last attempt,
    `status` null where there was no answer; `due_at`: of the next attempt, while it waits."""

    id = fields.Integer()
    webhook = fields.Integer(attribute="webhook_id")
    event = fields.String()
    kind = fields.String()
    body = fields.String()
    state = fields.String(validate=_STATE)
    attempts = fields.Integer()
    created_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime(allow_none=True)
    tried_at = fields.AwareDateTime(allow_none=True)
    status = fields.Integer(allow_none=True)
    answer = fields.String()
    milliseconds = fields.Integer(allow_none=True)


class DeliveryQuery(PageQuery):
    """Which deliveries."""

    state = fields.String(load_default=None, validate=_STATE)
    kind = fields.String(load_default=None, validate=validate.OneOf([*EVENTS, PING]))


class DeliveryPageSchema(Schema):
    """A page of deliveries, the newest first."""

    items = fields.List(fields.Nested(DeliverySchema))
    next = fields.String(allow_none=True)


class SinceSchema(Schema):
    """From when on."""

    since = fields.AwareDateTime(required=True)


class ResentSchema(Schema):
    """How many are sent again; 1000 at most at once."""

    resent = fields.Integer()
