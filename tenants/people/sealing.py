"""Secrets that have to be read again, as no digest would do: encrypted (Fernet: AES-128-CBC and HMAC-SHA-256) by a key
that is not in the database. Whoever has a copy of the database alone has no second factor of anybody.

The key is ZWGK_SECRETS_KEY, or else the file `secrets.key` in the home, made where there is none.
"""

import hmac
import logging
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app

from tenants.errors import ZwgkError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

SETTING, FILE = "ZWGK_SECRETS_KEY", "secrets.key"
# of what Fernet makes; a secret from before is base32, which has no small letters
_SEALED = "gAAAA"
_log = logging.getLogger(__name__)


class SecretsKeyInvalid(ZwgkError):
    """No key, or none that can be read or kept."""

    code = "secrets_key_invalid"
    sentence = "系统的密钥不可用，请联系运维人员。"
    by_command = "{where} 须是 32 字节的 base64url 文字，运行本系统的人可读写。"


class Keys:
    """The key, read when it is first needed. `written`: the key itself; empty: it stands in `file`."""

    def __init__(self, written: str, file: Path | None) -> None:
        self._written = written
        self._file = file

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], home: Path) -> "Keys":
        """By ZWGK_SECRETS_KEY, or in the home."""
        return cls(environ.get(SETTING, "").strip(), home / FILE)

    @classmethod
    def passing(cls) -> "Keys":
        """A key that nobody keeps, for an application without a home."""
        from cryptography.fernet import Fernet

        return cls(Fernet.generate_key().decode(), None)

    @property
    def exists(self) -> bool:
        """Whether there is a key yet: it is made when it is first needed."""
        return bool(self._written) or self._file.exists()

    @property
    def open_file(self) -> Path | None:
        """The file of the key, where others than its owner may read it."""
        return self._file if not self._written and self._file.stat().st_mode & 0o077 else None

    def check(self) -> None:
        """Raises `SecretsKeyInvalid` where what stands there is no key."""
        _ = self.fernet

    def opens(self, kept: str) -> bool:
        """Whether a secret was encrypted by this key. Raises `SecretsKeyInvalid`."""
        from cryptography.fernet import InvalidToken

        try:
            self.fernet.decrypt(kept)
        except InvalidToken:
            return False
        return True

    @cached_property
    def key(self) -> bytes:
        """As text. Raises `SecretsKeyInvalid`."""
        from cryptography.fernet import Fernet  # most commands need none of it

        try:
            key = self._written.encode() or _kept(self._file, Fernet.generate_key())
            Fernet(key)
        except (OSError, ValueError):
            raise SecretsKeyInvalid(where=str(self._file) if not self._written else SETTING) from None
        return key

    @cached_property
    def fernet(self) -> "Fernet":
        """What encrypts. Raises `SecretsKeyInvalid`."""
        from cryptography.fernet import Fernet

        return Fernet(self.key)


def sealed(secret: str) -> str:
    """As it is kept. Raises `SecretsKeyInvalid`."""
    return _keys().fernet.encrypt(secret.encode()).decode()


def is_sealed(kept: str) -> bool:
    """Whether it was kept by this version, and not readable before."""
    return kept.startswith(_SEALED)


def unsealed(kept: str) -> str | None:
    """What was kept; None where it was by another key. Raises `SecretsKeyInvalid`."""
    from cryptography.fernet import InvalidToken

    if not is_sealed(kept):
        return kept
    try:
        return _keys().fernet.decrypt(kept).decode()
    except InvalidToken:
        _log.error("a secret was encrypted by another key than the present one (%s)", SETTING)
        return None


def mark_of(what: str, text: str) -> str:
    """Shows later that a text, of this kind (`what`), was written here: only who has the key can make it. Raises
    `SecretsKeyInvalid`."""
    return hmac.digest(_keys().key, f"zwgk {what}\n{text}".encode(), "sha256").hex()


def _keys() -> Keys:
    return current_app.extensions["zwgk_keys"]


def _kept(file: Path, new: bytes) -> bytes:
    """The key in the file; the new one where there was none. Of several who make it at once, one does."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
            written.write(new)
            written.flush()
            os.fsync(written.fileno())
        try:
            os.link(partial, file)
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return file.read_bytes().strip()
