"""When nobody has to look: what the answer of a pass depends on beside the file that it reads.

A pass is a pure function of what it read. Where it found nothing to do and nothing to tell, a store keeps what it was
made from; while all of that is as it was, so is the answer.
"""

from hashlib import sha256

from bridges.table import Table


def state_of(table: Table, revision: int, program: str) -> str:
    """A digest of the table's declaration (columns, words, units), its revision and the version of this program. The
    base and what is known by a stamp never change; candidates and known edits move the revision."""
    return sha256(f"{program} {revision} {table!r}".encode("utf-8", "surrogatepass")).hexdigest()
