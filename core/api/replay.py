"""A write with an idempotency key is done once, however often it arrives.

The key is written first, in the transaction of the write: a second request with it waits for the first one's end, and
then finds the answer, or, if that was refused, nothing, and is done.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import file_digest, sha256

from flask import Response, make_response, request
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core.api.cookies import SAFE
from core.api.models import Replay
from tenants.errors import ZwgkError
from tenants.sessions import ScopedSession

HEADER = "Idempotency-Key"
LONGEST_KEY = 200
KEPT = timedelta(days=7)
_TOLD = {"ETag": "etag", "Location": "location"}
"""Headers of an answer that belong to it, and the columns in which they are kept."""
_SECRET = "zwgk.secret"  # noqa: S105 - a name in the request's environment


class KeyReused(ZwgkError):
    """The key of another request."""

    code = "idempotency_key_reused"
    sentence = "此 Idempotency-Key 已用于另一个请求，请换一个。"


class AlreadyShown(ZwgkError):
    """The answer held a secret, of which nothing is kept."""

    code = "already_shown"
    sentence = "此请求已办理，其中的密码或令牌只显示一次。如未收到，请吊销（或重置）后另行发放。"


class KeyInvalid(ZwgkError):
    """A key that nobody would choose."""

    code = "idempotency_key_invalid"
    sentence = "Idempotency-Key 须是 1 到 200 个字符的英文、数字或符号。"


def hold_secret() -> None:
    """For a view whose answer holds a secret: it is given once, and not kept to be given again."""
    request.environ[_SECRET] = True


def once(session: ScopedSession, actor: str, view: Callable[[], Response]) -> Response:
    """The view's answer, or the one that the same request got before. Raises `KeyReused`, `KeyInvalid`, `AlreadyShown`.

    Of a session without tenant nothing is kept: what the platform adds has a name, and is refused the second time.
    """
    key = request.headers.get(HEADER)
    if key is None or request.method in SAFE or session.scope.tenant_id is None:
        return view()
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise KeyInvalid
    digest = _digest()
    new = insert(Replay).values(tenant_id=session.scope.tenant_id, actor=actor, key=key, request=digest)
    number = session.scalar(new.on_conflict_do_nothing().returning(Replay.id))
    if number is None:
        return _again(session.scalars(select(Replay).where(Replay.actor == actor, Replay.key == key)).one(), digest)
    response = make_response(view())
    kept = session.get_one(Replay, (session.scope.tenant_id, number))
    kept.status = response.status_code
    kept.content = None if _SECRET in request.environ else response.get_data()
    kept.content_type = response.content_type
    for header, column in _TOLD.items():
        setattr(kept, column, response.headers.get(header))
    return response


def _digest() -> str:
    """What makes the request this one and no other."""
    form = request.mimetype == "multipart/form-data"
    said = [request.method, request.full_path, request.headers.get("If-Match")]
    said += _parts() if form else [sha256(request.get_data()).hexdigest()]
    return sha256(json.dumps(said).encode()).hexdigest()


def _parts() -> Iterator[list[str | None]]:
    """The parts of a form: what stands between them is another text each time that it is sent."""
    for name, value in request.form.items(multi=True):
        yield [name, value]
    for name, file in request.files.items(multi=True):
        content = file_digest(file.stream, "sha256").hexdigest()
        file.stream.seek(0)
        yield [name, file.filename, content]


def _again(kept: Replay, digest: str) -> Response:
    if kept.request != digest:
        raise KeyReused
    if kept.content is None:
        raise AlreadyShown
    response = Response(kept.content, kept.status, content_type=kept.content_type)
    response.headers["Idempotency-Replayed"] = "true"
    response.headers.extend((header, value) for header, column in _TOLD.items() if (value := getattr(kept, column)))
    return response


def forget_old(session: ScopedSession, now: datetime) -> None:
    """Forget the answers that are older than 7 days: nobody repeats a request so late."""
    session.execute(delete(Replay).where(Replay.at < now - KEPT))
