"""`zwgk worker`: takes jobs out of the queue and does them, several at once; its upkeep goes by the clock."""

import asyncio
import logging
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from flask import Flask
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException
from sqlalchemy import make_url

from core.jobs.queue import LINE, queue
from core.jobs.upkeep import AT_ONCE, DEAD_AFTER, take_up
from core.jobs.upkeep import LINE as UPKEEP
from core.webhooks.delivering import LINE as SENDING
from core.webhooks.delivering import SENDERS
from tenants.sessions import db

PATIENCE = 60.0
"""Seconds in which what was begun may be ended, when the worker is told to stop."""
AGAIN = 1.0
"""Seconds after which a line is begun anew that the database let down."""
LEFT = 1
"""Exit status of a worker that left jobs to others."""
_log = logging.getLogger(__name__)


def work(
    app: Flask, concurrency: int = 2, wait: bool = True, dead_after: float = DEAD_AFTER, patience: float = PATIENCE
) -> None:
    """Do jobs, deliver to webhooks and keep things up, until it is told to stop (SIGTERM, SIGINT), and then end those
    jobs that were begun; without `wait`, do jobs and deliver until there is nothing left. `dead_after`: seconds without
    a sign of life after which another worker counts as dead. `patience`: seconds after which the process ends, with
    status `LEFT`, whatever is not done: others take it up."""
    with app.app_context():
        address = make_url(db.engine.url).set(drivername="postgresql").render_as_string(hide_password=False)
        # prepared statements off, as in `core.app`
        connector = PsycopgConnector(conninfo=address, kwargs={"prepare_threshold": None}, min_size=1, max_size=8)
        with queue.replace_connector(connector):
            asyncio.run(_work(concurrency, wait, dead_after, patience))


async def _work(concurrency: int, wait: bool, dead_after: float, patience: float) -> None:
    # a thread for each: receivers that do not answer must not take them from the jobs
    loop, lines = (
        asyncio.get_running_loop(),
        {LINE: concurrency, SENDING: SENDERS} | ({UPKEEP: AT_ONCE} if wait else {}),
    )
    loop.set_default_executor(ThreadPoolExecutor(sum(lines.values()) + 1))
    told = asyncio.Event()
    async with queue.open_async():
        await take_up(dead_after)
        if not wait:
            for name, at_once in lines.items():
                await _line(name, at_once, wait, dead_after)
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, told.set)
        going = [asyncio.create_task(_kept_up(name, at_once, dead_after, told)) for name, at_once in lines.items()]
        stop = asyncio.create_task(told.wait())
        await asyncio.wait((stop, *going), return_when=asyncio.FIRST_COMPLETED)
        told.set()
        for one in (stop, *going):
            one.cancel()  # a line ends what it began
        ended, late = await asyncio.wait(going, timeout=patience)
        if late:
            _log.warning("jobs were not done in %s seconds and are left to other workers", patience)
            os._exit(LEFT)  # a thread cannot be ended: what it has not committed is taken back with its connection
        for one in ended:
            if not one.cancelled():
                one.result()


async def _kept_up(name: str, concurrency: int, dead_after: float, told: asyncio.Event) -> None:
    """A line until it is told to stop: one ends by itself, or fails, as soon as the database is gone for a moment."""
    while not told.is_set():
        try:
            await _line(name, concurrency, True, dead_after)
        except ConnectorException as error:
            _log.warning("the queue cannot be asked: %s", error.__cause__ or error)
        if not told.is_set():
            _log.warning("the line %s is begun anew", name)
            with suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), AGAIN)


async def _line(name: str, concurrency: int, wait: bool, dead_after: float) -> None:
    await queue.run_worker_async(
        queues=[name],
        concurrency=concurrency,
        wait=wait,
        delete_jobs="successful",
        update_heartbeat_interval=dead_after / 6,
        stalled_worker_timeout=dead_after,
        install_signal_handlers=False,
    )
