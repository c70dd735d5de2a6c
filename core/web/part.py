"""The read-only pages as a part."""

from flask import Flask
from flask_bootstrap import Bootstrap5

from core.web.views import CSP, pages

models = ()
commands = ()


def init_app(app: Flask) -> None:
    """Register the pages; everything they load comes from this server."""
    app.config.update(BOOTSTRAP_SERVE_LOCAL=True, MAX_CONTENT_LENGTH=64 * 1024)
    app.extensions["zwgk_panels"] = []
    Bootstrap5(app)
    app.register_blueprint(pages)

    @app.after_request
    def _headers(response):
        response.headers["Content-Security-Policy"] = CSP
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response
