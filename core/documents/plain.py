"""Plain text in the encodings that Chinese offices save: UTF-8, GBK/GB18030, UTF-16, with or without a mark."""

import codecs
import re

from core.documents.errors import DocumentNotWhatItSays
from core.documents.sniff import as_found, content_kind

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON = re.compile("[\n 。，、：；（）()]")
# Characters that text never holds: a decoding that shows them, however smooth, read something else.
_CONTROLS = re.compile("[\x01-\x08\x0e-\x19\x7f]")


def plain_text(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Decoded text, and no notes. Raises DocumentNotWhatItSays for anything that is not text."""
    return decoded(data, "文本(.txt)"), ()


def decoded(data: bytes, what: str, declared: str | None = None) -> str:
    """Text in the encoding that fits, the `declared` one first. Raises DocumentNotWhatItSays: this is not `what`."""
    kind = content_kind(data)
    if kind:
        raise DocumentNotWhatItSays(kind=what, found=as_found(kind))
    for encoding in (*filter(None, [declared]), *_candidates(data)):
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if "\0" not in text and not _CONTROLS.search(text):
            return text
    raise DocumentNotWhatItSays(kind=what, found="")


def _candidates(data: bytes) -> tuple[str, ...]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return (encoding,)
    # without a mark only UTF-16 has zero bytes (line ends); the right byte order is the one that shows punctuation
    if b"\0" in data:
        marks = {encoding: _punctuation(data, encoding) for encoding in ("utf-16-le", "utf-16-be")}
        return tuple(sorted((encoding for encoding in marks if marks[encoding]), key=marks.get, reverse=True))
    return "utf-8", "gb18030"


def _punctuation(data: bytes, encoding: str) -> int:
    return len(_COMMON.findall(data.decode(encoding, errors="ignore")))
