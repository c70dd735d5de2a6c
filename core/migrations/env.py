"""Alembic's environment: the tables of all parts, in one transaction, by the owner role."""

from alembic import context

from core.parts import load_models
from tenants.db import Base

load_models()
context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, compare_server_default=False
)
with context.begin_transaction():
    context.run_migrations()
