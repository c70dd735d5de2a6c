"""Asking an identity provider: every answer within a time and a size, and never from somewhere else than was asked."""

import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

from authlib.integrations.requests_client import OAuth2Session
from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from tenants.errors import ZwgkError

LARGEST = 512 * 1024
"""Bytes of an answer; a discovery document has some thousand."""
_PIECE = 64 * 1024
NONSENSE = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError)
"""What reading an answer ends in that is none: another kind of value, a number beyond all, brackets without end."""


class ProviderDown(ZwgkError):
    """No answer, or none that could be one; `fields["why"]` is for the audit and for the trial."""

    code = "provider_down"
    sentence = "统一身份认证服务器没有正常应答，请稍后再试，或用密码登录。"


class _Bounded(HTTPAdapter):
    """`patience`: seconds for each step of an answer, and for the whole of its content."""

    def __init__(self, patience: float) -> None:
        super().__init__()
        self._patience = patience

    def send(self, request: PreparedRequest, **options: Any) -> Response:
        """The answer, read as far as it may go. Raises `ProviderDown`."""
        options |= {"timeout": self._patience, "stream": True}
        response = super().send(request, **options)
        if response.is_redirect:
            raise ProviderDown(why="redirect")
        content, until = bytearray(), time.monotonic() + self._patience
        # piece by piece, as it comes: who sends a byte a second is not waited for either
        while piece := response.raw.read1(_PIECE, decode_content=False):
            content += piece
            if len(content) > LARGEST or time.monotonic() > until:
                response.close()
                raise ProviderDown(why="too_large" if len(content) > LARGEST else "too_slow")
        response.raw = BytesIO(content)
        return response


def client_of(patience: float, **registered: Any) -> OAuth2Session:
    """What asks: bounded as above, with what the client is `registered` by."""
    client = OAuth2Session(**registered)
    for scheme in ("https://", "http://"):
        client.mount(scheme, _Bounded(patience))
    # what comes packed could grow without end when it is unpacked
    client.headers["Accept-Encoding"] = "identity"
    return client


def fetch(client: OAuth2Session, address: str) -> dict[str, Any]:
    """A document that everybody may read. Raises `ProviderDown`."""

    def read() -> Any:
        response = client.get(address, withhold_token=True)
        response.raise_for_status()
        return response.json()

    return answered(read)


def answered(question: Callable[[], Any]) -> dict[str, Any]:
    """The JSON object that a provider answers to a question. Raises `ProviderDown`."""
    try:
        answer = question()
    except (RequestException, HTTPError, *NONSENSE) as error:
        raise ProviderDown(why=type(error).__name__) from None
    if not isinstance(answer, dict):
        raise ProviderDown(why="no_object")
    return answer
