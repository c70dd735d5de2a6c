"""What is refused over HTTP: one shape, `{"code", "message", "fields": [{"path", "message"}]}`, and its status."""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException

from tenants.errors import ZwgkError


class NotSignedIn(ZwgkError):
    """Nobody, or a session or token that is over."""

    code = "not_signed_in"
    sentence = "请先登录。"


class Forbidden(ZwgkError):
    """Signed in, and without the right."""

    code = "forbidden"
    sentence = "没有进行此操作的权限。"


class PersonNeeded(ZwgkError):
    """A program asked for what only a person may."""

    code = "person_needed"
    sentence = "此事须由本人登录后办理，不能用接口令牌。"


class Busy(ZwgkError):
    """Others held what it takes for too long: it did not begin, and the same again may well do."""

    code = "busy"
    sentence = "数据正被他人修改，等候超时，未作任何更改，请稍后再试。"


class FieldErrorSchema(Schema):
    """A field that was refused: its path in the request, as `edits.percent`, and why."""

    path = fields.String(required=True)
    message = fields.String(required=True)


class ErrorSchema(Schema):
    """Every refusal: a stable code, one Chinese sentence, and the fields that it is about."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    fields_ = fields.List(fields.Nested(FieldErrorSchema), data_key="fields", required=True)


_CODES = {
    **dict.fromkeys(("not_signed_in", "session_over", "sign_in_refused"), 401),
    **dict.fromkeys(("forbidden", "csrf_missing", "step_missing", "field_not_yours"), 403),
    **dict.fromkeys(("passwords_off", "provider_refused", "flow_over", "identity_not_linked", "account_shut"), 401),
    **dict.fromkeys(("password_needed", "not_fresh", "person_needed"), 403),
    "provider_off": 404,
    "provider_down": 503,
    **dict.fromkeys(("busy", "secrets_key_invalid"), 503),
    "tenant_leaving": 409,
    "platform_account": 409,
    **dict.fromkeys(("applications_full", "jobs_full"), 429),
}
RETRY_AFTER = 2
"""Seconds after which what is busy may be free."""
_HTTP = {
    400: ("bad_request", "请求不合要求。"),
    404: ("not_found", "没有这个地址。"),
    405: ("method_not_allowed", "这个地址不支持此方法。"),
    412: ("changed_meanwhile", "内容已被他人修改，请重新读取后再改。"),
    413: ("too_large", "上传的内容过大。"),
    415: ("wrong_type", "内容类型不合要求，请用 application/json。"),
    422: ("invalid", "请求中有不合要求之处。"),
    429: ("too_many_requests", "请求过于频繁，请稍后再试。"),
    428: ("if_match_missing", "请带上 If-Match，写明修改所依据的版本。"),
}
_CHINESE = (
    (r"Missing data for required field\.", "缺少此项。"),
    (r"Field may not be null\.", "不能为空值。"),
    (r"Unknown field\.", "没有此项。"),
    (r"Not a valid integer\.", "须是整数。"),
    (r"Not a valid (?:number|decimal)\.|Special numeric.*|Number too large\.", "须是数字。"),
    (r"Not a valid (?:string|utf-8 string)\.", "须是文字。"),
    (r"Not a valid boolean\.", "须是 true 或 false。"),
    (r"Not a valid (?:aware )?datetime\.", "时间须写成 2024-06-30T08:00:00+08:00 这样的形式。"),
    (r"Not a valid date\.", "日期须写成 2024-06-30 这样的形式。"),
    (r"Not a valid (?:list|tuple)\.", "须是列表。"),
    (r"Invalid input type\.|Not a valid mapping type\.|Invalid type\.", "类型不合要求。"),
    (r"Must be one of: (?P<x>.*)\.", "只能是：{x}。"),
    (r"Longer than maximum length (?P<x>\d+)\.", "不能超过 {x} 个字。"),
    (r"Shorter than minimum length (?P<x>\d+)\.", "不能少于 {x} 个字。"),
    (r"Length must be between (?P<x>\d+) and (?P<y>\d+)\.", "长度须在 {x} 到 {y} 之间。"),
    (
        r"Must be greater than or equal to (?P<x>-?[\d.]+) and less than or equal to (?P<y>-?[\d.]+)\.",
        "须在 {x} 到 {y} 之间。",
    ),
    (r"Must be greater than or equal to (?P<x>-?[\d.]+)\.", "不能小于 {x}。"),
    (r"Must be less than or equal to (?P<x>-?[\d.]+)\.", "不能大于 {x}。"),
    (r"Invalid JSON body\.", "内容不是合格的 JSON。"),
)


def status_of(error: ZwgkError) -> int:
    """The HTTP status of a refusal, by its code: what is not there is 404, what is there already 409, else 422."""
    code = error.code
    if code in _CODES:
        return _CODES[code]
    if code.endswith("_unknown") or code == "no_plan":
        return 404
    return 409 if code.endswith("_exists") or code.startswith("already_") else 422


def answer(status: int, code: str, message: str, found: Mapping[str, Any] | None = None) -> Response:
    """A refusal as a response; `found`: what validation said, by location and field."""
    named = [{"path": path, "message": text} for path, text in _paths(found or {})]
    response = jsonify(code=code, message=message, fields=named)
    response.status_code = status
    return response


def refused(error: ZwgkError) -> Response:
    """The answer to a refusal of ours."""
    response = answer(status_of(error), error.code, error.message)
    if error.code == Busy.code:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def http_refused(error: HTTPException) -> Response:
    """The answer to what the framework refused, or to what went wrong."""
    if error.response is not None:
        return error.response
    status = error.code or 500
    code, message = _HTTP.get(status, (HTTPStatus(status).phrase.lower().replace(" ", "_"), "操作未完成，请稍后再试。"))
    found = getattr(error, "data", {}).get("messages") or {}
    response = answer(status, code, message, found)
    response.headers.extend(h for h in error.get_headers() if h[0] in {"Allow", "Retry-After"})
    return response


def _paths(found: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Messages as nested by marshmallow, the location (json, query, …) left out of the path."""
    if isinstance(found, Mapping):
        for key, inner in found.items():
            yield from _paths(inner, (*path, str(key)))
        return
    for text in found if isinstance(found, list) else [found]:
        named = [part for part in path[1:] if part != "_schema"]
        yield ".".join(named), in_chinese(str(text))


def in_chinese(text: str) -> str:
    """marshmallow's own words in Chinese; ours stay as they are."""
    for pattern, words in _CHINESE:
        if match := re.fullmatch(pattern, text):
            return words.format(**match.groupdict())
    return "值不合要求。" if text.isascii() else text
