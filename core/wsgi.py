"""The application for a WSGI server: `granian --interface wsgi --factory core.wsgi:make_app`, or gunicorn likewise."""

import atexit
import os

from flask import Flask

from core.runtime import Runtime
from tenants.postgres.cluster import default_home


def make_app() -> Flask:
    """Open the application on the database that the environment names; given back when the process ends."""
    runtime = Runtime(os.environ, default_home())
    atexit.register(runtime.close)
    return runtime.app
