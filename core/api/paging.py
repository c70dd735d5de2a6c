"""Long lists in pages: a cursor names the last row that was seen, so that row 100,000 costs what row 1 costs.

A list is sorted by columns that together are unique. The cursor is their values in the last row: what is added or
taken away meanwhile moves nothing, as counting rows would.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from marshmallow import Schema, fields, validate
from sqlalchemy import ColumnElement, Row, Select, cast, literal, tuple_
from sqlalchemy.orm import Session

from tenants.errors import ZwgkError

LARGEST_PAGE, USUAL_PAGE = 500, 50
_READ: Mapping[type, Callable[[str], Any]] = {int: int, str: str, date: date.fromisoformat}


class CursorInvalid(ZwgkError):
    """A cursor that no answer of ours gave for this list."""

    code = "cursor_invalid"
    sentence = "cursor 不合要求，请用上一页的 next，且查询条件保持不变。"


class PageQuery(Schema):
    """The part of a list's query that is alike everywhere."""

    limit = fields.Integer(load_default=USUAL_PAGE, validate=validate.Range(1, LARGEST_PAGE))
    cursor = fields.String(load_default="", validate=validate.Length(max=2000))


class Page(NamedTuple):
    """Some rows, and the cursor of those behind them; None: there are none."""

    items: Sequence[Row[Any]]
    next: str | None


def page(
    session: Session,
    query: Select[Any],
    by: Sequence[ColumnElement[Any]],
    asked: dict[str, Any],
    falling: bool = False,
    values: Mapping[str, Any] | None = None,
) -> Page:
    """A page of a query, sorted by these columns of it, rising or falling, which are unique together and never null.

    The columns must be selected last, in this order; `values`: what the query is run with. Raises `CursorInvalid`.
    """
    if asked["cursor"]:
        here, after = tuple_(*by), _after(asked["cursor"], by)
        query = query.where(here < after if falling else here > after)
    order = [column.desc() if falling else column for column in by]
    rows = session.execute(query.order_by(*order).limit(asked["limit"] + 1), values).all()
    shown = rows[: asked["limit"]]
    return Page(shown, _cursor(shown[-1][-len(by) :]) if len(rows) > len(shown) else None)


def _cursor(values: Sequence[Any]) -> str:
    return urlsafe_b64encode(json.dumps([str(value) for value in values]).encode()).decode().rstrip("=")


def _after(cursor: str, by: Sequence[ColumnElement[Any]]) -> Any:
    try:
        values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (NotBase64, ValueError):
        raise CursorInvalid from None
    if not isinstance(values, list) or len(values) != len(by) or not all(isinstance(v, str) for v in values):
        raise CursorInvalid
    try:
        typed = [_READ[column.type.python_type](value) for column, value in zip(by, values, strict=True)]
    except ValueError:
        raise CursorInvalid from None
    return tuple_(*(cast(literal(value), column.type) for column, value in zip(by, typed, strict=True)))
