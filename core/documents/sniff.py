"""What a file is by its first bytes, whatever its name says."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
RTF = b"{\\rtf"

_MAGIC = (
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"\x89PNG\r\n\x1a\n", "PNG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"BM", "BMP 图片"),
    (b"II*\x00", "TIFF 图片"),
    (b"MM\x00*", "TIFF 图片"),
    (b"%PDF", "PDF 文件"),
    (RTF, "RTF 文件"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (OLE, "旧版 Office 文件"),
    (ZIP, "压缩包或 Office 文件"),
)
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_HEAD = 1024
# "BM" also opens ordinary words; a bitmap has zero bytes right after it.
_BITMAP_RESERVED = slice(6, 10)


def content_kind(data: bytes) -> str | None:
    """Chinese name of a known binary kind, or None."""
    for magic, kind in _MAGIC:
        if data.startswith(magic) and (magic != b"BM" or data[_BITMAP_RESERVED] == bytes(4)):
            return kind
    return None


def as_found(kind: str | None) -> str:
    """The half sentence that an error adds when the real kind is known."""
    return f"（实际是{kind}）" if kind else ""


def is_locked(data: bytes) -> bool:
    """Whether this is a newer Office file behind a password: in the form of an old one, whatever its suffix."""
    return data.startswith(OLE) and _LOCKED in data


def is_page(data: bytes) -> bool:
    """Whether this is a web page, in an encoding that holds ASCII as it is."""
    head = data[:_HEAD].lower()
    return b"<html" in head or b"<!doctype html" in head


def is_saved_page(data: bytes) -> bool:
    """Whether this is a web page that was saved as one file, in the form of a mail."""
    head = data[:_HEAD].lower()
    return b"mime-version:" in head and b"multipart/related" in head
