"""Asks a running server over its HTTP API: what the command line, the rehearsal and the demo need.

Does not know what the answers mean, and holds no connection open. Every failure is one sentence:
the server's own for a refusal, ours when nobody answered.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from typing import TypeVar

import msgspec

Answer = TypeVar("Answer")

SECONDS = 60.0
"""An import of 10,000 people takes a few seconds; a server that is silent this long is gone."""

CHUNK = 1 << 16


class NotAnswered(Exception):
    """Nobody answered, or the server said no; `sentence` can be shown as it is."""

    def __init__(self, sentence: str, *, status: int | None = None, code: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
        self.code = code


class _Problem(msgspec.Struct):
    """The parts of an `application/problem+json` that we show."""

    code: str = ""
    title: str = ""
    detail: str = ""


class Asker:
    """Asks one server with one key. Blocking: in a loop, call it through `asyncio.to_thread`."""

    def __init__(self, url: str, key: str = "") -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise NotAnswered(f"{url} is no address of a server: http://HOST:PORT is.")
        self.url = url.rstrip("/")
        self._key = key

    @property
    def socket_url(self) -> str:
        """The server's address as its sockets spell it: `ws://…`."""
        return "ws" + self.url.removeprefix("http")

    def get(self, path: str, answer: type[Answer]) -> Answer:
        """Returns what is at `path`, read as `answer`. Raises NotAnswered."""
        return self._read(self._request("GET", path, None, ""), answer)

    def post(
        self,
        path: str,
        body: object,
        answer: type[Answer],
        content_type: str = "application/json",
    ) -> Answer:
        """Posts `body`, bytes as they are, else as JSON; returns the answer. Raises NotAnswered."""
        return self._read(self._request("POST", path, body, content_type), answer)

    def patch(self, path: str, body: object, answer: type[Answer]) -> Answer:
        """Changes what is at `path` and returns the answer. Raises NotAnswered."""
        return self._read(self._request("PATCH", path, body, "application/json"), answer)

    def delete(self, path: str) -> None:
        """Deletes what is at `path`. Raises NotAnswered."""
        self._read(self._request("DELETE", path, None, ""), object)

    def stream(self, path: str) -> Iterator[bytes]:
        """Yields what is at `path` in pieces of at most 64 KiB. Raises NotAnswered."""
        with self._open(self._request("GET", path, None, "")) as response:
            while chunk := response.read(CHUNK):
                yield chunk

    def _request(
        self, method: str, path: str, body: object, content_type: str
    ) -> urllib.request.Request:
        data: bytes | None = None
        if body is not None:
            data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        request = urllib.request.Request(self.url + path, data=data, method=method)
        if content_type:
            request.add_header("Content-Type", content_type)
        if self._key:
            request.add_header("Authorization", f"Bearer {self._key}")
        return request

    def _read(self, request: urllib.request.Request, answer: type[Answer]) -> Answer:
        with self._open(request) as response:
            body: bytes = response.read()
        try:
            return msgspec.json.decode(body or b"null", type=answer)
        except msgspec.MsgspecError as error:
            raise NotAnswered(
                f"{self.url} answered in words we do not know ({error}): is it Meguri?"
            ) from error

    def _open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        try:
            response = urllib.request.urlopen(request, timeout=SECONDS)
        except urllib.error.HTTPError as error:
            raise self._refused(error) from error
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise NotAnswered(
                f"No server answers at {self.url} ({reason}). Is `meguri serve` running there?"
            ) from error
        assert isinstance(response, http.client.HTTPResponse)
        return response

    def _refused(self, error: urllib.error.HTTPError) -> NotAnswered:
        try:
            problem = msgspec.json.decode(error.read(), type=_Problem)
        except msgspec.MsgspecError:
            problem = _Problem()
        sentence = problem.detail or problem.title
        if not sentence:
            sentence = f"{self.url} answered {error.code} {HTTPStatus(error.code).phrase}."
        return NotAnswered(sentence, status=error.code, code=problem.code)
