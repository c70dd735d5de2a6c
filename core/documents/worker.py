"""The process in which one stranger's file is read. `python -m core.documents.worker`.

In, until the end: marshalled (reader, content). Out, marshalled: ("text", text, notes) or ("refused", name of the
error, its fields). What goes wrong in it, a library that aborts or eats memory included, ends this process only.
"""

import codecs
import marshal
import sys
from importlib import import_module

from core.documents.errors import DocumentError, DocumentTooLong
from core.sandbox.limits import Limits

MEMORY = 350 * 2**20
"""Bytes that a file may make this process take, beyond what it has at the start."""
SECONDS = 20
"""Of processor time."""
FILES = {"core.documents.pdf:pdf_text": 16}
"""A reader that needs files: where a PDF carries no font of its own, the system's are looked up."""
MAX_CHARACTERS = 5_000_000
_ENCODINGS = ("gb18030", "gbk", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "big5", "latin-1", "cp437", "idna")


def main() -> None:
    """Answer one request."""
    reader, data = marshal.loads(sys.stdin.buffer.read())  # noqa: S302 from reader.py
    module, _, function = reader.partition(":")
    read = getattr(import_module(module), function)
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)  # now: later on no file can be opened
    Limits(MEMORY, SECONDS, FILES.get(reader, 0))
    try:
        text, notes = read(data)
        if len(text) > MAX_CHARACTERS:
            raise DocumentTooLong(what="文字", limit=f"{MAX_CHARACTERS // 10_000} 万字")
        answer = ("text", text, notes)
    except DocumentError as refusal:
        answer = ("refused", type(refusal).__name__, {name: str(value) for name, value in refusal.fields.items()})
    except MemoryError:
        answer = ("refused", "DocumentBreaksReader", {})
    sys.stdout.buffer.write(marshal.dumps(answer))


if __name__ == "__main__":
    main()
