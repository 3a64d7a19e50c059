"""Asks a language model at the user's own OpenAI-compatible endpoint, one request a question."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from kg.errors import KgError, missing_extra

try:
    import httpx
except ImportError:  # this module is imported late: rules need no HTTP
    raise missing_extra("curate", "drafting with a language model") from None

#: An answer holds at most so many bytes; a Retry-After is granted up to so many seconds.
MOST_BYTES, LONGEST_WAIT = 1_000_000, 60.0
_PATH = "/chat/completions"
_BUSY = frozenset({429, 502, 503, 504})


class NoAnswer(Exception):
    """The model gave no answer that can be used; ``lasting`` if the next question would fare no better."""

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.lasting = lasting


@dataclass(frozen=True)
class Chat:
    """A model at an endpoint, how long an answer may take, and how often a busy one is asked again."""

    address: str
    model: str
    key: str = ""
    timeout: float = 120.0
    retries: int = 4

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise KgError(f"{self.address!r} is no address of a model: http://localhost:11434/v1, for one")
        if parts.username or parts.password:
            raise KgError("the address of a model must hold no password: give the key in the environment")

    @property
    def host(self) -> str:
        """Return the host that questions are sent to."""
        return urlsplit(self.address).netloc

    @cached_property
    def _http(self) -> httpx.Client:
        headers = {"User-Agent": "regiograph"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        return httpx.Client(timeout=self.timeout, headers=headers)  # no redirects: text goes to this host

    def ask(self, system: str, question: str) -> str:
        """Return the model's answer; raise NoAnswer if there is none that can be read."""
        address = self.address.rstrip("/")
        address = address if address.endswith(_PATH) else f"{address}{_PATH}"
        messages = [{"role": "system", "content": system}, {"role": "user", "content": question}]
        body = {"model": self.model, "messages": messages, "temperature": 0, "stream": False}
        for number in range(self.retries + 1):
            status, headers, content = self._post(address, body)
            if status not in _BUSY or number == self.retries:
                break
            asked = headers.get("retry-after", "")
            time.sleep(min(float(asked) if asked.isdigit() else 2.0**number, LONGEST_WAIT))
        if status in _BUSY:
            raise NoAnswer(f"{self.host} is busy: status {status}, {self.retries + 1} tries")
        if status != 200:
            said = " ".join(content.decode("utf-8", "replace").split())[:200]
            raise NoAnswer(f"{self.host} answers with status {status}: {said}", lasting=status < 500)
        return _content(content)

    def _post(self, address: str, body: Mapping[str, Any]) -> tuple[int, Mapping[str, str], bytes]:
        end = time.monotonic() + self.timeout
        try:
            with self._http.stream("POST", address, json=body) as response:
                pieces, size = [], 0
                for piece in response.iter_bytes():  # httpx limits each read, not all of them
                    pieces.append(piece)
                    size += len(piece)
                    if size > MOST_BYTES:
                        raise NoAnswer(f"the answer is longer than {MOST_BYTES:,} bytes")
                    if time.monotonic() > end:
                        raise NoAnswer(f"{self.host} did not answer within {self.timeout:g} s")
                return response.status_code, response.headers, b"".join(pieces)
        except httpx.ConnectError as error:
            raise NoAnswer(f"{self.host} cannot be reached: {error}", lasting=True) from None
        except httpx.TimeoutException:
            raise NoAnswer(f"{self.host} did not answer within {self.timeout:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswer(f"{self.host} gave no whole answer: {error}") from None


def _content(body: bytes) -> str:
    """Return the content of the first choice of a chat completion."""
    try:
        content = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        content = None
    if not isinstance(content, str):
        raise NoAnswer("the answer is no chat completion with a text")
    return content
