"""The read-only pages as a part."""

from flask import Flask
from flask_bootstrap import Bootstrap5

from core.web.views import pages

models = ()
commands = ()


def serve(app: Flask) -> None:
    """Register the pages; everything they load comes from this server."""
    app.config.update(BOOTSTRAP_SERVE_LOCAL=True)
    Bootstrap5(app)
    app.register_blueprint(pages)
