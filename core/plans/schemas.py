"""How plans look from outside (JSON), and what may be typed into a row on the command line."""

from marshmallow import Schema, ValidationError, fields, validate

from core.plans.words import CHOICES, read_status


class PlanSchema(Schema):
    """A plan in a list."""

    id = fields.Integer()
    year = fields.Integer()
    title = fields.String()
    status = fields.String()
    tasks = fields.Integer()


class OptionSchema(Schema):
    """A possible answer."""

    value = fields.Function(lambda option: option[0])
    meaning = fields.Function(lambda option: option[1])


class QuestionSchema(Schema):
    """Something that needs a person; `key` and `options` where `zwgk unit answer` takes the answer."""

    code = fields.String()
    where = fields.String()
    text = fields.String(attribute="told")
    tasks = fields.Integer()
    key = fields.String()
    options = fields.List(fields.Nested(OptionSchema))


class MatchSchema(Schema):
    """A task template that was recognised in a task, and why."""

    no = fields.String()
    title = fields.String()
    template = fields.String()
    reason = fields.String()


class RowSchema(Schema):
    """A row of the plan: one unit's part of one task."""

    row = fields.String(attribute="key")
    no = fields.String()
    section = fields.String()
    title = fields.String()
    unit = fields.String()
    role = fields.String()
    deadline = fields.String(attribute="deadline_text")
    period = fields.String()
    due_on = fields.Date(allow_none=True)
    quota = fields.String(attribute="quota_text")
    status = fields.String()
    status_word = fields.String()
    behind = fields.Boolean()
    percent = fields.Float(allow_none=True)
    count = fields.Float(allow_none=True)
    completed_on = fields.Date(allow_none=True)
    progress = fields.String()
    evidence = fields.String()
    note = fields.String()


class RowDetailSchema(RowSchema):
    """A row by itself."""

    text = fields.String()


class ListedRowSchema(RowSchema):
    """A row in a long list, as `core.plans.listing` selects it."""

    class Meta:
        """What a list leaves out."""

        exclude = ("evidence", "note")

    due_on = fields.Date(allow_none=True)
    overdue = fields.Boolean()


class RowPageSchema(Schema):
    """Some rows of a plan; `next`: the cursor of those behind them, null for none."""

    items = fields.List(fields.Nested(ListedRowSchema))
    next = fields.String(allow_none=True)


class HistorySchema(Schema):
    """One change of one field: who, when, by which way, old, new."""

    at = fields.DateTime()
    actor = fields.String()
    via = fields.String()
    entity = fields.String()
    field = fields.String()
    old = fields.Raw()
    new = fields.Raw()


def _status(word: str) -> None:
    if read_status(word) is None:
        raise ValidationError(f"完成情况“{word}”无法识别，请写：{'、'.join(CHOICES)}。")


class EditSchema(Schema):
    """Cells of a row as typed on the command line; the keys are those of `core.plans.cells`."""

    title = fields.String(validate=validate.Length(min=1, error="任务不能为空。"))
    text = fields.String()
    unit = fields.String()
    deadline = fields.String()
    quota = fields.String()
    status = fields.String(validate=_status)
    percent = fields.Decimal(
        allow_none=True,
        validate=validate.Range(0, 100, error="完成率须在 0 到 100 之间。"),
        error_messages=dict.fromkeys(("invalid", "special"), "完成率须是数字。"),
    )
    count = fields.Decimal(
        allow_none=True,
        validate=validate.Range(0, 10**12, error="完成数量不能为负，也不能超过一万亿。"),
        error_messages=dict.fromkeys(("invalid", "special"), "完成数量须是数字。"),
    )
    completed_on = fields.Date(allow_none=True, error_messages={"invalid": "完成日期须写成 2024-06-30 这样的形式。"})
    progress = fields.String()
    evidence = fields.String()
    note = fields.String()
