"""For whom something is done with a round."""

from dataclasses import dataclass

from bridges.sync.model import OFFICE
from tenants.people.rights import Units


@dataclass(frozen=True)
class Caller:
    """Who, by which way and from which network address, for the history and the audit. `units`: whose packets are there
    for him, None for all; any other is to him like one that was never handed out."""

    actor: str = OFFICE
    via: str = "command"
    address: str = ""
    units: Units = None


THE_OFFICE = Caller()
"""At the machine itself."""
