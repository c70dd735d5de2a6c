"""The HTTP interface as a part: the rooms register their views on it (`api_of`)."""

from flask import Flask, Response, current_app

from core.api.access import public
from core.api.blueprint import ApiBlueprint, OwnApi, make_api
from core.api.errors import answer
from core.api.json import OrjsonProvider

models = ("core.api.models",)
commands = ()

_about = ApiBlueprint("about", __name__, "", "接口自身")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def api_of(app: Flask) -> OwnApi:
    """The interface of an application."""
    return app.extensions["zwgk_api"]


def serve(app: Flask) -> None:
    """Make the interface, and answer what is no address of it."""
    app.json = OrjsonProvider(app)
    app.extensions["zwgk_api"] = make_api(app)
    app.register_blueprint(_about)


@_about.get("/openapi.json")
@public("what the interface is, says nothing of any tenant", counted=False)
def openapi() -> Response:
    """The OpenAPI document."""
    return current_app.json.response(api_of(current_app).spec.to_dict())


@_about.route("/<anything:_rest>", methods=METHODS)
@public("no address at all", counted=False)
def nothing_here(_rest: str) -> Response:
    """Whatever is no address of the interface."""
    return answer(404, "not_found", "没有这个地址。")
