"""The audit as a file that an outsider can verify: the rows as they were digested, and after them their seal."""

import json
from collections.abc import Iterator

from sqlalchemy.orm import Session

from tenants.audit.chain import Chain, lines, utc
from tenants.audit.models import SealColumns


def exported(session: Session, chain: Chain) -> Iterator[str]:
    """The lines of the file, one JSON object each: of every seal first its rows, then the seal."""
    chain.lock(session, alone=False)
    for seal in session.scalars(chain.sealed()):
        for table in chain.tables:
            yield from lines(session, chain, table, seal.first, seal.until)
        yield _line(seal)


def _line(seal: SealColumns) -> str:
    told = {name: getattr(seal, name) for name in ("number", "first", "until", "parts", "previous", "digest")}
    return json.dumps({"kind": "seal", **told, "sealed_at": utc(seal.sealed_at)}, sort_keys=True)
