"""The interface as flask-smorest builds it: views of the rooms, one shape of errors, one OpenAPI document."""

from flask import Flask
from flask_smorest import Api, Blueprint
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from core.api.errors import ErrorSchema, answer, http_refused, refused
from tenants.errors import ZwgkError

ROOT = "/api/v1"


class ApiBlueprint(Blueprint):
    """The views of one room, below `/api/v1`; what they refuse is answered in the one shape."""

    def __init__(self, name: str, module: str, path: str, description: str) -> None:
        super().__init__(name, module, url_prefix=f"{ROOT}{path}", description=description)
        self.register_error_handler(ZwgkError, refused)
        self.register_error_handler(HTTPException, http_refused)
        self.register_error_handler(OperationalError, _database_down)


def _database_down(_error: OperationalError):
    return answer(503, "database_down", "数据库暂时连不上，请稍后再试。")


class OwnApi(Api):
    """flask-smorest's, without error handlers over the whole application: pages have theirs."""

    ERROR_SCHEMA = ErrorSchema

    def _register_error_handlers(self) -> None:
        """The blueprints bring them."""


def make_api(app: Flask) -> OwnApi:
    """The interface of an application; views are registered on it."""
    app.config.update(
        API_TITLE="zwgk",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
    )
    return OwnApi(app)
