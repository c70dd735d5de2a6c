"""`zwgk worker`: takes jobs out of the queue and does them, several at once; its upkeep goes by the clock."""

import asyncio

from flask import Flask
from procrastinate import PsycopgConnector
from sqlalchemy import make_url

from core.jobs.queue import queue
from core.jobs.upkeep import DEAD_AFTER, take_up
from tenants.sessions import db


def work(app: Flask, concurrency: int = 2, wait: bool = True, dead_after: float = DEAD_AFTER) -> None:
    """Do jobs until it is told to stop (SIGTERM, SIGINT), and then end those that were begun; without `wait`, until
    there is none left. `dead_after`: seconds without a sign of life after which another worker counts as dead."""
    with app.app_context():
        address = make_url(db.engine.url).set(drivername="postgresql").render_as_string(hide_password=False)
        # prepared statements off, as in `core.app`
        connector = PsycopgConnector(conninfo=address, kwargs={"prepare_threshold": None}, min_size=1, max_size=4)
        with queue.replace_connector(connector):
            asyncio.run(_work(concurrency, wait, dead_after))


async def _work(concurrency: int, wait: bool, dead_after: float) -> None:
    async with queue.open_async():
        await take_up(dead_after)
        await queue.run_worker_async(
            concurrency=concurrency,
            wait=wait,
            delete_jobs="successful",
            update_heartbeat_interval=dead_after / 6,
            stalled_worker_timeout=dead_after,
        )
