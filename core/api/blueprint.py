"""The interface as flask-smorest builds it: views of the rooms, one shape of errors, one OpenAPI document."""

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_smorest import Api, Blueprint
from marshmallow import Schema
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, PathConverter

from core.api.errors import Busy, ErrorSchema, answer, http_refused, refused
from core.api.json import OrjsonParser
from tenants.errors import ZwgkError

ROOT = "/api/v1"
# the server is there, and somebody else in the way
_WAITED = {"55P03": "lock timeout", "40P01": "deadlock", "57014": "cancelled", "40001": "serialization"}
_log = logging.getLogger(__name__)


class Number(IntegerConverter):
    """An id in an address; what no column could hold is no address."""

    regex = r"\d{1,18}"


class Anything(PathConverter):
    """The rest of an address, line ends and all."""

    regex, part_isolating = "(?s:.*)", False


class ApiBlueprint(Blueprint):
    """The views of one room, below `/api/v1`; what they refuse is answered in the one shape."""

    ARGUMENTS_PARSER = OrjsonParser()

    def __init__(self, name: str, module: str, path: str, description: str) -> None:
        super().__init__(name, module, url_prefix=f"{ROOT}{path}", description=description)
        self.register_error_handler(ZwgkError, refused)
        self.register_error_handler(HTTPException, http_refused)
        self.register_error_handler(OperationalError, _database_down)
        self.register_error_handler(DataError, _not_storable)

    def arguments(self, schema: type[Schema], **options: Any) -> Callable[..., Any]:
        """As flask-smorest's, with the schema made once and not for each request."""
        return super().arguments(schema(), **options)


def _database_down(error: OperationalError):
    if getattr(error.orig, "sqlstate", None) in _WAITED:
        return refused(Busy())
    return answer(503, "database_down", "数据库暂时连不上，请稍后再试。")


def _not_storable(error: DataError):
    # a NUL in a text, a number beyond its column: whatever field it came in by
    _log.warning("refused by the database: %s", type(error.orig).__name__)
    return answer(422, "invalid", "请求中有不合要求之处。")


class OwnApi(Api):
    """flask-smorest's, without error handlers over the whole application: pages have theirs."""

    ERROR_SCHEMA = ErrorSchema

    def _register_error_handlers(self) -> None:
        """The blueprints bring them."""


def make_api(app: Flask) -> OwnApi:
    """The interface of an application; views are registered on it."""
    app.url_map.converters |= {"int": Number, "anything": Anything}
    app.config.update(
        API_TITLE="zwgk",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
    )
    return OwnApi(app)
