"""Passwords: which are taken, and keeping and checking them (argon2id)."""

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tenants.errors import ZwgkError
from tenants.people.policy import Policy

LONGEST = 128
# Each takes 64 MiB and a core for some 0.1 s: many at once would take the machine down
_AT_ONCE = threading.BoundedSemaphore(4)
_HASHER = PasswordHasher()
_CLASSES = ("[A-Z]", "[a-z]", "[0-9]", "[^A-Za-z0-9]")
# What everybody tries first; compared without the digits and signs before and after it
_COMMON = frozenset(
    {
        *("a", "aa", "aaa", "abc", "abcd", "abcde", "abcdef", "abcdefg", "admin", "administrator", "asdf", "asdfgh"),
        *("asdfghjkl", "beijing", "changeme", "china", "guest", "iloveyou", "letmein", "mima", "p@ssw0rd", "p@ssword"),
        *("pass", "passw0rd", "password", "q1w2e3r4", "qaz", "qazwsx", "qwer", "qwerty", "qwertyuiop", "root"),
        *(
            "shanghai",
            "test",
            "welcome",
            "woaini",
            "zwgk",
            "zxcv",
            "zxcvbn",
            "zxcvbnm",
            "q2w3e4r",
            "qaz2wsx",
            "qaz@wsx",
        ),
    }
)


class PasswordWeak(ZwgkError):
    """Every rule that the new password breaks, at once."""

    code = "password_weak"
    sentence = "密码不合要求：{faults}。"


def faults(password: str, login: str, policy: Policy) -> list[str]:
    """Each rule that a new password breaks, in words."""
    text = _plain(password)
    classes = sum(bool(re.search(one, text)) for one in _CLASSES)
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text.lower())
    rules = (
        (len(text) < policy.min_length, f"至少 {policy.min_length} 个字符"),
        (len(text) > LONGEST, f"不超过 {LONGEST} 个字符"),
        (classes < policy.classes, f"大写字母、小写字母、数字、其他字符至少含 {policy.classes} 类"),
        (not text.isprintable(), "不得含控制字符"),
        (login.lower() in text.lower(), "不得包含登录名"),
        (not text.strip("0123456789") or {core, text.lower()} & _COMMON, "不得使用常见密码"),
    )
    return [words for broken, words in rules if broken]


def accepted(password: str, login: str, policy: Policy, former: Iterable[str] = ()) -> str:
    """The hash of a new password. `former`: hashes of those that it must not be, the newest first.

    Raises `PasswordWeak`.
    """
    found = faults(password, login, policy)
    if not found and any(matches(one, password) for one in former):
        found = [f"不得与最近 {policy.history} 个密码相同"]
    if found:
        raise PasswordWeak(faults="；".join(found))
    return hashed(password)


def hashed(password: str) -> str:
    """The argon2id hash of a password."""
    with _AT_ONCE:
        return _HASHER.hash(_bytes(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether it is the password of that hash. Without a hash it is not, which takes as long to say."""
    if stored is None:
        hashed(password)
        return False
    with _AT_ONCE:
        try:
            return _HASHER.verify(stored, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False


def outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than those of today."""
    return _HASHER.check_needs_rehash(stored)


def initial_password() -> str:
    """A password to hand out until the person has set his own; of all classes, and to be read aloud."""
    blocks = ("".join(secrets.choice("abcdefghjkmnpqrstuvwxyz") for _ in range(5)) for _ in range(3))
    return f"{'-'.join(blocks).capitalize()}-{secrets.randbelow(90_000) + 10_000}"


def _plain(password: str) -> str:
    """One form for what looks alike: an input method in full-width mode types other characters."""
    return unicodedata.normalize("NFKC", password[: LONGEST * 2])


def _bytes(password: str) -> bytes:
    return _plain(password).encode("utf-8", "surrogatepass")
