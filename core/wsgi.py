"""The application for a WSGI server: `granian --interface wsgi --factory core.wsgi:make_app`, or gunicorn likewise."""

import atexit
import os

from flask import Flask

from core.runtime import Runtime
from core.service import logs
from tenants.postgres.cluster import default_home
from tenants.sessions import db


def make_app() -> Flask:
    """Open the application on the database that the environment names; given back when the process ends."""
    from core.service.observing import observe  # only now: how it counts depends on a variable of the environment

    logs.set_up(os.environ)
    runtime = Runtime(os.environ, default_home())
    atexit.register(runtime.close)
    with runtime.served.app_context():
        observe(runtime.served, db.engine)
    return runtime.served
