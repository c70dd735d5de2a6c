"""The application factory. All that it needs comes in as arguments; `core.database` knows where from.

Commands and workers need no addresses, and making those of the whole interface takes a third of a second: `serve` adds
them where requests are answered.
"""

from flask import Flask
from sqlalchemy import create_engine

from core.api.rates import Rates
from core.parts import load_models, load_parts
from core.plugin_manager import PluginManager
from core.service.reach import Reach
from core.webhooks.sending import Sender
from tenants.identity.trust import Trust
from tenants.people.sealing import Keys
from tenants.postgres.role import refuse_unsafe_role
from tenants.sessions import db, platform_session

# Agency plugins that come with the product; others arrive by the entry-point group zwgk.plugins
DEFAULT_PLUGINS = (
    "plugins.openness.plugin",
    "plugins.cooperation_office.plugin",
    "plugins.jiading.plugin",
    "plugins.economy_informatization.plugin",
    "plugins.transport.plugin",
    "plugins.defense_mobilization.plugin",
)


THIS_MACHINE = Reach()


def create_app(
    app_url: str,
    maint_url: str | None,
    plugins: PluginManager,
    reach: Reach = THIS_MACHINE,
    rates: Rates | None = None,
    trust: Trust | None = None,
    sender: Sender | None = None,
    keys: Keys | None = None,
) -> Flask:
    """The Flask application on the database of `app_url` (the application role).

    `maint_url` serves `cross_tenant`; `reach` is who reaches it over HTTP, `rates` how often (None: as is usual),
    `trust` which identity providers may be asked (None: none), `sender` sends to webhooks (None: to addresses that are
    everybody's), `keys` encrypts secrets (None: until the application ends).
    Raises `UnsafeRole` when row-level security would not bind the role.
    """
    app = Flask("core.web")
    app.config.update(
        SQLALCHEMY_DATABASE_URI=app_url,
        # prepared statements off: a transaction pooler in front of the database would mix them up
        # hide_parameters: what somebody typed, and hashes of secrets, must not come into a log with an error
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_pre_ping": True,
            "hide_parameters": True,
            "connect_args": {"prepare_threshold": None},
        },
    )
    app.extensions["zwgk_plugins"] = plugins
    app.extensions["zwgk_reach"] = reach
    app.extensions["zwgk_rates"] = rates or Rates.from_environ({})
    app.extensions["zwgk_trust"] = trust or Trust()
    app.extensions["zwgk_webhooks"] = sender or Sender()
    app.extensions["zwgk_keys"] = keys or Keys.passing()
    app.extensions["zwgk_maint_engine"] = create_engine(maint_url, hide_parameters=True) if maint_url else None
    load_models()
    db.init_app(app)
    with app.app_context(), platform_session() as session:
        refuse_unsafe_role(session)
    return app


def serve(app: Flask) -> Flask:
    """The same application with the addresses of all parts: pages and interface. Raises `Unguarded`."""
    from core.api.access import guard_all

    for part in load_parts():
        if hasattr(part, "serve"):
            part.serve(app)
    guard_all(app)
    return app
