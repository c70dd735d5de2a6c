"""The JSON of `zwgk metrics --json`: one object per figure."""

from marshmallow import Schema, fields


class FigureSchema(Schema):
    """A `Figure`: the metric in words, its value, and the rows (their keys in the sheet) that it was counted from."""

    key = fields.String(attribute="metric.key")
    title = fields.String(attribute="metric.title")
    formula = fields.String(attribute="metric.formula")
    target = fields.String(attribute="metric.target")
    unit = fields.String(attribute="metric.unit")
    template = fields.String(attribute="metric.template")
    value = fields.Float(attribute="value.value", allow_none=True)
    numerator = fields.Float(attribute="value.numerator", allow_none=True)
    denominator = fields.Float(attribute="value.denominator", allow_none=True)
    numerator_rows = fields.List(fields.String(), attribute="value.numerator_rows")
    denominator_rows = fields.List(fields.String(), attribute="value.denominator_rows")
    met = fields.Boolean(attribute="value.met", allow_none=True)
    note = fields.String(attribute="value.note")
    error = fields.String()
