"""How documents, drafts and their tasks look over HTTP."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from core.api.paging import PageQuery
from core.api.trial import TriedSchema
from core.decompose.readings import FIELDS, LEVELS
from core.plans.draftview import MARKS
from core.plans.schemas import QuestionSchema

YEAR = validate.Range(2000, 2100)
ID = validate.Range(1, 2**63 - 1)


class DocumentSchema(Schema):
    """A document by the ids of its files; `year` where it says none."""

    file = fields.Integer(required=True, validate=ID)
    attachments = fields.List(fields.Integer(validate=ID), load_default=list, validate=validate.Length(max=20))
    year = fields.Integer(load_default=None, allow_none=True, validate=YEAR)


class PieceSchema(Schema):
    """A stretch of the source; `mark`: what it was read for, blank for nothing."""

    text = fields.String()
    mark = fields.String(validate=validate.OneOf(["", *MARKS]))


class WhySchema(Schema):
    """Why a field is no surer."""

    code = fields.String()
    level = fields.String(validate=validate.OneOf(list(LEVELS)))
    reason = fields.String()
    text = fields.String()


class FieldSchema(Schema):
    """One field of a task as it is now, and how sure that is."""

    name = fields.String()
    value = fields.String()
    level = fields.String(validate=validate.OneOf(list(LEVELS)))
    why = fields.List(fields.Nested(WhySchema))


class TaskRowSchema(Schema):
    """A row of a task."""

    row = fields.String()
    unit = fields.String()
    role = fields.String()


class TaskSchema(Schema):
    """A task beside its source. `sources`: the ranges [start, end) of the plan's text."""

    id = fields.Integer()
    no = fields.String()
    section = fields.String()
    title = fields.String()
    rows = fields.List(fields.Nested(TaskRowSchema))
    doubtful = fields.Boolean()
    sources = fields.List(fields.List(fields.Integer()))
    source = fields.List(fields.Nested(PieceSchema))
    fields_ = fields.Dict(
        keys=fields.String(validate=validate.OneOf(list(FIELDS))),
        values=fields.Nested(FieldSchema),
        attribute="fields",
        data_key="fields",
    )


class TaskQuery(PageQuery):
    """Which tasks of a draft; `doubtful`: of each page only those that a person should look at."""

    doubtful = fields.Boolean(load_default=False)


class TaskPageSchema(Schema):
    """Some tasks of a plan; `next`: the cursor of those behind them, null for none."""

    items = fields.List(fields.Nested(TaskSchema))
    next = fields.String(allow_none=True)


class TextSchema(Schema):
    """The text of a document, in which the offsets of its tasks count."""

    name = fields.String(attribute="source_name")
    text = fields.String(attribute="source_text")


class SplitSchema(TriedSchema):
    """The words of the task's text with which a new task begins."""

    at = fields.String(required=True, validate=validate.Length(1, 1000))


class MergeSchema(TriedSchema):
    """The tasks that are merged into the one of the address."""

    tasks = fields.List(fields.Integer(validate=ID), required=True, validate=validate.Length(1, 100))


class MoveSchema(TriedSchema):
    """The task of the same plan that it comes right before, or right behind: one of both."""

    before = fields.Integer(validate=ID)
    after = fields.Integer(validate=ID)

    @validates_schema
    def _one_of_both(self, given: dict[str, Any], **_options: Any) -> None:
        if len({"before", "after"} & given.keys()) != 1:
            raise ValidationError("须写 before 或 after 之一。")


class MendedSchema(Schema):
    """What became of tasks: those that are left, the rows that were closed, and what else to know."""

    tasks = fields.List(fields.Nested(TaskSchema))
    closed = fields.List(fields.String())
    notes = fields.List(fields.String())


class AskedSchema(QuestionSchema):
    """A question, without the commands that answer it."""

    text = fields.String()


class AnswerSchema(Schema):
    """An answer to a question: its `key`, and one of its options, or names of units."""

    key = fields.String(required=True, validate=validate.Length(1, 200))
    value = fields.String(required=True, validate=validate.Length(1, 2000))


class AnswersSchema(Schema):
    """Answers, taken all or none."""

    answers = fields.List(fields.Nested(AnswerSchema), required=True, validate=validate.Length(1, 200))


class AnsweredSchema(Schema):
    """How many were taken, and what is still asked about units."""

    answered = fields.Integer()
    questions = fields.List(fields.Nested(AskedSchema))
