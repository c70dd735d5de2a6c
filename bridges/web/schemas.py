"""How sheets and rounds look over HTTP."""

from collections import Counter

from marshmallow import Schema, ValidationError, fields, validate

from bridges.adoption.questions import SIDES
from bridges.sheets import FORMS
from core.plans.words import Status, status_word
from tenants.people.tokens import LINK_DAYS

MOST_FILES = 500
_SHORT = validate.Length(1, 200)
_LONG = validate.Length(max=2000)
_FEW = validate.Length(max=100)


def _distinct(numbers: list[int]) -> None:
    if twice := [number for number, times in Counter(numbers).items() if times > 1]:
        raise ValidationError(f"同一文件写了多次：{'、'.join(map(str, twice))}。")


# ---------------------------------------------------------------- sheets


class SheetExportSchema(Schema):
    """Which form of workbook: by unit and by section are synced, by task is for reading."""

    by = fields.String(load_default="unit", validate=validate.OneOf(FORMS))


class SheetSyncSchema(Schema):
    """The copy that came back. `confirmed`: codes of stops that a person has looked into."""

    file = fields.Integer(required=True)
    dry_run = fields.Boolean(load_default=False)
    confirmed = fields.List(fields.String(validate=_SHORT), load_default=list, validate=_FEW)


class SheetAdoptionSchema(Schema):
    """A sheet that the office has kept itself. `sheet`: only this tab; `answers`: question → answer."""

    file = fields.Integer(required=True)
    sheet = fields.String(load_default="", validate=validate.Length(max=200))
    answers = fields.Dict(
        keys=fields.String(validate=_SHORT),
        values=fields.String(validate=_SHORT),
        load_default=dict,
        validate=validate.Length(max=2000),
    )
    dry_run = fields.Boolean(load_default=True)


class SyncItemSchema(Schema):
    """A pass in the list. `kind`: what it was; `holder`: `office`, or the id of the unit whose copy it is; `changed`:
    how many values it brought into the plan."""

    key = fields.String()
    kind = fields.String()
    at = fields.AwareDateTime()
    holder = fields.String()
    changed = fields.Integer()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())


class SyncPageSchema(Schema):
    """A page of passes, the newest first."""

    items = fields.List(fields.Nested(SyncItemSchema))
    next = fields.String(allow_none=True)


class SyncSchema(SyncItemSchema):
    """A pass, and all that it told."""

    plan = fields.Integer()
    parent = fields.String()
    report = fields.Dict()


class PassResultSchema(Schema):
    """What an undo, a settlement or a restoration did, as the command line tells it. `status`: 0, or 1 where a person
    has to look."""

    report = fields.Dict()
    status = fields.Integer()


class ConflictSchema(Schema):
    """A cell in which the plan and sheets disagree."""

    owner = fields.String()
    field = fields.String()
    where = fields.String()
    header = fields.String()
    database = fields.String()
    sheet = fields.List(fields.String())


class ProposalSchema(Schema):
    """A change that a unit would like to see and may not make. `row`, `field`: the cell, both empty for a whole row;
    `old`: what stood there then, `now`: what stands there; `taken`: it is so by now."""

    row = fields.String()
    field = fields.String()
    who = fields.String()
    at = fields.AwareDateTime()
    where = fields.String()
    header = fields.String()
    old = fields.String()
    now = fields.String()
    new = fields.String()
    taken = fields.Boolean()


class ProposalPageSchema(Schema):
    """A page of proposals, the newest first."""

    items = fields.List(fields.Nested(ProposalSchema))
    next = fields.String(allow_none=True)


class SettlementSchema(Schema):
    """Whose value stands; `value`: which one, where the sheets say several."""

    field = fields.String(required=True, validate=_SHORT)
    use = fields.String(required=True, validate=validate.OneOf(sorted(SIDES)))
    value = fields.String(load_default=None, validate=_LONG)


class WordSchema(Schema):
    """A word of the agency's units and the status that it stands for."""

    word = fields.String(required=True, validate=_SHORT)
    means = fields.String(required=True, validate=_SHORT)


def word_shown(word: str, form: str) -> dict[str, str]:
    """A taught word as a `WordSchema`."""
    return {"word": word, "means": status_word(Status.of(form))}


# ---------------------------------------------------------------- rounds


class RoundOrderSchema(Schema):
    """What is to be handed out. `units`: ids, none: all that have rows."""

    title = fields.String(load_default="", validate=validate.Length(max=200))
    due = fields.Date(load_default=None)
    units = fields.List(fields.Integer(), load_default=list, validate=validate.Length(max=2000))


class RoundItemSchema(Schema):
    """A round in the list: how many units got a packet, and how many of them have answered."""

    id = fields.Integer()
    key = fields.String()
    title = fields.String()
    plan = fields.Integer()
    due = fields.Date(allow_none=True)
    state = fields.String()
    sent_at = fields.AwareDateTime(allow_none=True)
    packets = fields.Integer()
    returned = fields.Integer()


class CorrectedSchema(Schema):
    """A value that a later return of the same hand replaced."""

    row = fields.String()
    field = fields.String()
    value = fields.Raw()


class CameSchema(Schema):
    """A return: its file, the pass that merged it, and the answer to it."""

    file = fields.String()
    received_at = fields.AwareDateTime()
    version = fields.String()
    pass_ = fields.String(data_key="pass", attribute="pass_key")
    edits = fields.Integer()
    corrected = fields.List(fields.Nested(CorrectedSchema))
    reply = fields.String()
    reply_file = fields.String()


class UnitStatusSchema(Schema):
    """A unit in a round, or a division of it (`part`): what it got, what came back, and whether it owes an answer."""

    unit_id = fields.Integer()
    unit = fields.String()
    part = fields.String()
    file = fields.String()
    version = fields.String()
    rows = fields.Integer()
    owes = fields.Boolean()
    days_over = fields.Integer()
    returns = fields.List(fields.Nested(CameSchema))


class RoundSchema(Schema):
    """A round; `chase`: who is to be reminded."""

    id = fields.Integer()
    key = fields.String()
    title = fields.String()
    plan = fields.Integer()
    due = fields.Date(allow_none=True)
    units = fields.List(fields.Nested(UnitStatusSchema))
    chase = fields.List(fields.String())


class ReturnsSchema(Schema):
    """What came back: workbooks and zips of them. `accepted`: file → the unit whose it is, for those without a stamp;
    `confirmed`: file → codes of stops that a person has looked into, both by the names that the report gives, where
    those of files of one name are numbered; `replies`: answers are wanted."""

    files = fields.List(fields.Integer(), required=True, validate=[validate.Length(1, MOST_FILES), _distinct])
    accepted = fields.Dict(
        keys=fields.String(validate=_LONG), values=fields.String(validate=_SHORT), load_default=dict, validate=_FEW
    )
    confirmed = fields.Dict(
        keys=fields.String(validate=_LONG),
        values=fields.List(fields.String(validate=_SHORT), validate=_FEW),
        load_default=dict,
        validate=_FEW,
    )
    replies = fields.Boolean(load_default=True)
    dry_run = fields.Boolean(load_default=False)


class DivisionSchema(Schema):
    """A packet to be divided. `by`: the column in which the divisions are written; `into`: division → numbers of its
    rows, as Excel shows them, none: all."""

    file = fields.Integer(required=True)
    by = fields.String(load_default="", validate=validate.Length(max=200))
    into = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 100)),
        values=fields.List(fields.Integer(validate=validate.Range(1, 1_048_576))),
        load_default=dict,
        validate=_FEW,
    )


class RestorationSchema(Schema):
    """A cell of the row of which a value was corrected; `value`: which one, where there are several."""

    field = fields.String(required=True, validate=_SHORT)
    value = fields.String(load_default=None, validate=_LONG)


# ---------------------------------------------------------------- links


class LinkSchema(Schema):
    """A link by which one unit returns its packet of one round. `days`: how long it is to hold."""

    id = fields.Integer(dump_only=True)
    unit_id = fields.Integer(required=True)
    name = fields.String(validate=validate.Length(1, 100))
    days = fields.Integer(load_only=True, load_default=14, validate=validate.Range(1, LINK_DAYS))
    created_at = fields.AwareDateTime(dump_only=True)
    expires_at = fields.AwareDateTime(dump_only=True)
    last_used_at = fields.AwareDateTime(dump_only=True, allow_none=True)


class LinkIssuedSchema(Schema):
    """A new link, and its secret, which is shown this once."""

    link = fields.Nested(LinkSchema)
    secret = fields.String()
