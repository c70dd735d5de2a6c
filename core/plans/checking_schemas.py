"""How it looks over HTTP what a plan is held against: rules, other plans, the directory, the calendar."""

from marshmallow import Schema, fields, validate

from core.plans.draft_schemas import ID, YEAR

STATES = ("said", "other", "silent", "no_task")


class ComparisonQuery(Schema):
    """The plan to compare with. `superior`: it is the superior agency's."""

    other = fields.Integer(required=True, validate=ID, data_key="with")
    superior = fields.Boolean(load_default=False)


class ComparedDocumentSchema(Schema):
    """A document to compare with, by the id of its file; `year` where it says none."""

    file = fields.Integer(required=True, validate=ID)
    year = fields.Integer(load_default=None, allow_none=True, validate=YEAR)
    superior = fields.Boolean(load_default=False)


class SideSchema(Schema):
    """One of two plans."""

    title = fields.String()
    year = fields.Integer()
    tasks = fields.Integer()


class ComparedTaskSchema(Schema):
    """A task of one side."""

    no = fields.String()
    title = fields.String()
    units = fields.List(fields.String())
    deadline = fields.String()
    quota = fields.String()
    templates = fields.List(fields.String())
    status = fields.String(allow_none=True)


class ChangeSchema(Schema):
    """A field that differs."""

    field = fields.String()
    old = fields.String()
    new = fields.String()


class AlsoSchema(Schema):
    """Another task that may be meant."""

    side = fields.String()
    no = fields.String()
    title = fields.String()
    score = fields.Integer()


class MatchedSchema(Schema):
    """A task of ours that contains one of theirs."""

    task = fields.Nested(ComparedTaskSchema)
    score = fields.Integer()
    reason = fields.String()


class ComparisonRowSchema(Schema):
    """By years: a task of one side or of both, and what differs. By levels: a task of theirs, and what answers it."""

    kind = fields.String()
    old = fields.Nested(ComparedTaskSchema, allow_none=True)
    new = fields.Nested(ComparedTaskSchema, allow_none=True)
    score = fields.Integer(allow_none=True)
    reason = fields.String()
    changes = fields.List(fields.Nested(ChangeSchema))
    carried_over = fields.Boolean()
    also = fields.List(fields.Nested(AlsoSchema))
    task = fields.Nested(ComparedTaskSchema)
    answers = fields.List(fields.Nested(MatchedSchema))
    nearest = fields.Nested(MatchedSchema, allow_none=True)


class ComparisonSchema(Schema):
    """By years `old` and `new`, by levels `theirs` and `ours`, with the tasks that only we have (`own`)."""

    summary = fields.String()
    old = fields.Nested(SideSchema)
    new = fields.Nested(SideSchema)
    theirs = fields.Nested(SideSchema)
    ours = fields.Nested(SideSchema)
    rows = fields.List(fields.Nested(ComparisonRowSchema))
    own = fields.List(fields.Nested(ComparedTaskSchema))


class NamedTaskSchema(Schema):
    """A task by number and title."""

    no = fields.String()
    title = fields.String()


class RuleSchema(Schema):
    """A rule of the agency, and whether the plan says it."""

    rule = fields.String()
    template = fields.String()
    asks = fields.String()
    state = fields.String(validate=validate.OneOf(STATES))
    task = fields.Nested(NamedTaskSchema, allow_none=True)


class ShortSchema(Schema):
    """A number that was not reached; `unit`: blank for all together."""

    unit = fields.String()
    count = fields.Float()
    number = fields.Float()
    period = fields.String()


class MissingSchema(NamedTaskSchema):
    """A task that `units` units carry: who has reported nothing, and who not enough."""

    units = fields.Integer()
    silent = fields.List(fields.String())
    short = fields.List(fields.Nested(ShortSchema))


class TaskOfferSchema(NamedTaskSchema):
    """A task that `units` could carry: as members who joined the group `unit`, or because `unit` became them."""

    why = fields.String(validate=validate.OneOf(("joined", "changed")))
    unit = fields.String()
    units = fields.List(fields.String())


class PeriodsSchema(Schema):
    """Whether a period has begun that has no rows yet, and when the next one begins."""

    waiting = fields.Boolean()
    next = fields.Date(allow_none=True)


class OpenedSchema(Schema):
    """Names of periods, each with how many rows it got, and when the next one begins."""

    opened = fields.Dict(keys=fields.String(), values=fields.Integer())
    next = fields.Date(allow_none=True)
