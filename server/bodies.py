"""Reading what a request carries, never more of it than the door allows.

Responsible for the limits: without one, a body of gigabytes would be read into memory (forms) or
onto the disk (uploads) before anybody looked at it. Knows nothing of what the bytes mean.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from server.problems import Problem

MEBIBYTE = 1024 * 1024
FORM_LIMIT = 64 * 1024
FIELDS_LIMIT = 200
LET_GO_LIMIT = 256 * MEBIBYTE
"""An upload that is too big is let come to its end up to here, so that its sender is answered."""
MULTIPART_EDGES = 16 * 1024
"""What boundaries and headers of an upload may take besides the file."""


async def pieces(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """Yields a request's body; raises Problem as soon as it is longer than `most` bytes."""
    length = 0
    async for piece in request.stream():
        length += len(piece)
        if length > most:
            raise _too_big(most)
        yield piece


async def read_data(request: Request, most: int) -> bytes:
    """Returns a request's body; raises Problem as soon as it is longer than `most` bytes."""
    data = bytearray()
    async for piece in pieces(request, most):
        data += piece
    return bytes(data)


async def read_form(request: Request, most: int = FORM_LIMIT) -> FormData:
    """Returns the fields of a form without files; raises Problem."""
    data = await read_data(request, most)
    try:
        fields: list[tuple[str, str | UploadFile]] = list(
            parse_qsl(data.decode(), keep_blank_values=True, max_num_fields=FIELDS_LIMIT)
        )
    except ValueError as error:  # bytes that are no UTF-8, or too many fields
        raise _unreadable() from error
    return FormData(fields)


async def read_upload(request: Request, most: int, *, fields: int = FIELDS_LIMIT) -> FormData:
    """Returns the fields of a form with one file of at most `most` bytes; raises Problem.

    The caller must then close the form.
    """
    await _refuse_early(request, most + MULTIPART_EDGES)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await read_form(request, most)
    parser = MultiPartParser(
        request.headers,
        pieces(request, most + MULTIPART_EDGES),
        max_files=1,
        max_fields=fields,
        max_part_size=most,
    )
    try:
        return await parser.parse()
    except (MultiPartException, KeyError) as error:  # KeyError: no boundary was named
        raise _unreadable() from error


async def _refuse_early(request: Request, most: int) -> None:
    """Raises Problem for a body that says it is too long, once it has come.

    Browsers show no answer that comes before they have sent everything, but a broken connection.
    So what is somewhat too long is let in and thrown away piece by piece.
    """
    said = request.headers.get("content-length", "")
    if not said.isdigit() or int(said) <= most:
        return
    if int(said) <= LET_GO_LIMIT:
        async for _ in request.stream():
            pass
    raise _too_big(most)


def _too_big(most: int) -> Problem:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if most < MEBIBYTE:
        sentence = "That is too big: at most {kilobytes} KB."
        return Problem(status, "too-big", sentence, kilobytes=most // 1024)
    sentence = "That is too big: at most {megabytes} MB."
    return Problem(status, "too-big", sentence, megabytes=most // MEBIBYTE)


def _unreadable() -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "bad-request", "This request could not be read.")
