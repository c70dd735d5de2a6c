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
from sqlalchemy import ColumnElement, Integer, Row, Select, bindparam, tuple_
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
    asked: Mapping[str, Any],
    falling: bool = False,
) -> Page:
    """A page of a query, sorted by these columns of it, rising or falling, which are unique together and never null.

    The columns must be selected last, in this order. Raises `CursorInvalid`.
    """
    rows = session.execute(in_order(query, by, falling, bool(asked["cursor"])), run_with(asked, by))
    return cut(rows.all(), by, asked)


def in_order(
    query: Select[Any], by: Sequence[ColumnElement[Any]], falling: bool = False, further: bool = False
) -> Select[Any]:
    """The query of a page (`page`), to be run with what `run_with` says; `further`: of one that a cursor leads to."""
    if further:
        here = tuple_(*by)
        seen = tuple_(*(bindparam(f"seen_{number}", type_=column.type) for number, column in enumerate(by)))
        query = query.where(here < seen if falling else here > seen)
    order = [column.desc() if falling else column for column in by]
    return query.order_by(*order).limit(bindparam("rows", type_=Integer))


def run_with(asked: Mapping[str, Any], by: Sequence[ColumnElement[Any]]) -> dict[str, Any]:
    """The values of a query of `in_order`. Raises `CursorInvalid`."""
    seen = _seen(asked["cursor"], by) if asked["cursor"] else ()
    return {"rows": asked["limit"] + 1} | {f"seen_{number}": value for number, value in enumerate(seen)}


def cut(rows: Sequence[Row[Any]], by: Sequence[ColumnElement[Any]], asked: Mapping[str, Any]) -> Page:
    """The page, of the rows that a query of `in_order` gave: one more than are asked for, where there are more."""
    shown = rows[: asked["limit"]]
    return Page(shown, _cursor(shown[-1][-len(by) :]) if len(rows) > len(shown) else None)


def _cursor(values: Sequence[Any]) -> str:
    return urlsafe_b64encode(json.dumps([str(value) for value in values]).encode()).decode().rstrip("=")


def _seen(cursor: str, by: Sequence[ColumnElement[Any]]) -> list[Any]:
    try:
        values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (NotBase64, ValueError, RecursionError):
        raise CursorInvalid from None
    if not isinstance(values, list) or len(values) != len(by) or not all(isinstance(v, str) for v in values):
        raise CursorInvalid
    try:
        "".join(values).encode()  # a lone surrogate is nothing that the database can be asked for
        return [_READ[column.type.python_type](value) for column, value in zip(by, values, strict=True)]
    except ValueError:
        raise CursorInvalid from None
