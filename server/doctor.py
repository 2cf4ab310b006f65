"""Checks settings, relay, mail server, data folder and store, and says what to mend.

Changes nothing: it writes one empty file into the data folder and takes it away again, and starts
the bundled store only when nobody else has it, to see that it starts.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from rooms.messages import Phase
from server import erasure, retention, words
from server.bundled import BundledStore, running_url
from server.evening import Evening
from server.evenings import Evenings
from server.journal import UnknownFact
from server.mail_server import TROUBLES, ServerTrouble, connected
from server.media import MOST_IN_MESH, has_relay, ice_servers
from server.redis import Store, StoreAway, StoreError, shown, text
from server.sequencer import real_rules
from server.settings import Settings, Smtp
from server.turn import RelayError, ask_for_place

LITTLE_SPACE = 500_000_000
"""An evening of 400 people takes some 10 MB of journal; with less, the disk is next to fail."""


MEDIA_SERVER_SECONDS = 5.0
"""How long a media server may take to answer."""

LONG_AGO_MS = 24 * 3600 * 1000
"""Retention runs every quarter of an hour: after a day without, no server has run."""


class Finding(Struct, frozen=True):
    """One thing that was looked at. `mend`: what to do, empty when all is well."""

    well: bool
    sentence: str
    mend: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Looks at everything; returns what was found, in the order it should be read."""
    findings = [*_settings(settings), *_media(settings), *mail_findings(settings)]
    if settings.redis_url is None:
        folder = _folder(settings.data_dir)
        findings += folder
        if not all(finding.well for finding in folder):
            return findings
    return findings + asyncio.run(_store(settings))


def _settings(settings: Settings) -> list[Finding]:
    findings: list[Finding] = []
    if settings.organiser_key is None:
        findings.append(Finding(True, "The organiser's key is made at the first start."))
    elif len(settings.organiser_key) < 20:
        findings.append(
            Finding(
                False,
                f"MEGURI_ORGANISER_KEY has only {len(settings.organiser_key)} characters.",
                "Take at least 20 random ones: it opens everything.",
            )
        )
    else:
        findings.append(Finding(True, "The organiser's key is MEGURI_ORGANISER_KEY."))
    public = settings.public_url
    if public is None:
        findings.append(
            Finding(
                True,
                "MEGURI_PUBLIC_URL is not set: links begin with the address that was asked.",
                "Set it when links are made from another address than the one people open.",
            )
        )
    elif public.startswith("http://") and not _is_local(public):
        findings.append(
            Finding(
                False,
                f"MEGURI_PUBLIC_URL is {public}: browsers open cameras on https only.",
                "Put a proxy with a certificate in front, and set the https address.",
            )
        )
    else:
        findings.append(Finding(True, f"Links begin with {public}."))
    return findings


def _media(settings: Settings) -> list[Finding]:
    """Looks at the ways of sound and picture: the media server, and the relay."""
    if settings.media == "none":
        return [Finding(True, "Rooms have no sound and picture: MEGURI_MEDIA is none.")]
    findings: list[Finding] = []
    if settings.livekit_url is not None:
        findings.append(_media_server(settings.livekit_url))
    if settings.media == "livekit":
        return findings
    larger = "" if settings.livekit_url else "; larger ones have sound only, or chat"
    findings.append(
        Finding(
            True,
            "Sound and picture go from browser to browser in rooms of up to"
            f" {MOST_IN_MESH}{larger}.",
        )
    )
    if not has_relay(settings):
        findings.append(
            Finding(
                True,
                "No relay is set up: people behind strict networks (some companies, hotels and"
                " phones) will see and hear nobody; the chat works for them. And nobody can hide"
                " their internet address from the people in their room.",
                "Run coturn and set MEGURI_TURN_URLS and MEGURI_TURN_SECRET.",
            )
        )
    elif not settings.turn_secret:
        findings.append(
            Finding(
                False,
                "MEGURI_TURN_URLS is set without MEGURI_TURN_SECRET: the relay will refuse"
                " everybody.",
                "Set it to coturn's static-auth-secret.",
            )
        )
    else:
        findings += [_relay(settings, url) for url in settings.turn_urls if url[:4] == "turn"]
    return findings


def mail_findings(settings: Settings) -> list[Finding]:
    """Greets the mail server, signs in where asked to, and sends nothing."""
    if settings.smtp is None:
        return [
            Finding(
                True,
                "No mail server is set: mails wait on the organiser's desk, to be copied.",
                "Set MEGURI_SMTP_URL, and run `meguri worker`, to have them sent.",
            )
        ]
    if settings.public_url is None:
        return [
            Finding(
                False,
                "MEGURI_SMTP_URL is set without MEGURI_PUBLIC_URL: links in mails begin with it.",
                "Set MEGURI_PUBLIC_URL to the address that people open.",
            )
        ]
    shown = settings.smtp.shown

    async def greet(smtp: Smtp) -> None:
        async with connected(smtp):
            pass

    try:
        asyncio.run(greet(settings.smtp))
    except ServerTrouble as trouble:
        sentence = TROUBLES[trouble.why].removeprefix("The mail server ").removesuffix(".")
        return [
            Finding(
                False,
                f"The mail server at {shown} {sentence}: {trouble.said or trouble.cause}.",
                "Mend MEGURI_SMTP_URL, or start the mail server.",
            )
        ]
    return [Finding(True, f"The mail server at {shown} answers; `meguri worker` sends mails.")]


def _relay(settings: Settings, url: str) -> Finding:
    (server,) = ice_servers(replace(settings, turn_urls=(url,)), "doctor", int(time.time() * 1000))
    try:
        ask_for_place(url, server["username"], server["credential"])
    except RelayError as error:
        return Finding(
            False,
            f"The relay at {url} gives no place: {error}.",
            "Look at its log, its firewall, and MEGURI_TURN_SECRET.",
        )
    return Finding(True, f"The relay at {url} gives a place for sound and picture.")


def _media_server(url: str) -> Finding:
    address = "http" + url.removeprefix("ws")
    try:
        with urllib.request.urlopen(address, timeout=MEDIA_SERVER_SECONDS):
            pass
    except urllib.error.HTTPError:
        pass  # somebody answers there, if only to say that this page is none
    except OSError as error:
        return Finding(
            False,
            f"The media server at {url} cannot be reached: {getattr(error, 'reason', error)}.",
            "Start LiveKit, or mend LIVEKIT_URL.",
        )
    return Finding(True, f"The media server at {url} answers.")


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "127.0.0.1", "::1"}


def _folder(folder: Path) -> list[Finding]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return [
            Finding(
                False,
                f"The data folder {folder} cannot be written: {error.strerror}.",
                "Give it to the user that runs Meguri, or set MEGURI_DATA_DIR.",
            )
        ]
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    if free < LITTLE_SPACE:
        return [
            Finding(
                False,
                f"Only {free // 1_000_000} MB are free for the data folder {folder}.",
                "Make room: the journal cannot be written to a full disk.",
            )
        ]
    return [Finding(True, f"The data folder is {folder}, with {free // 1_000_000_000} GB free.")]


async def _store(settings: Settings) -> list[Finding]:
    """Looks at the store in use; starts the bundled one when nobody runs it."""
    url = settings.redis_url or running_url(settings.data_dir)
    if url is not None:
        return await _reach(url, bundled=settings.redis_url is None)
    store = BundledStore(settings.data_dir)
    try:
        await store.start()
    except StoreError as error:
        return [Finding(False, str(error), "Mend this, or set REDIS_URL to a Redis of your own.")]
    try:
        return await _reach(store.url, bundled=True)
    finally:
        await store.stop()


async def _reach(url: str, *, bundled: bool) -> list[Finding]:
    name = "The bundled store" if bundled else f"The store at {shown(url)}"
    try:
        store = await Store.connect(url)
    except StoreError as error:
        return [Finding(False, str(error), "Start it, or mend REDIS_URL.")]
    try:
        info = text(await store.call("INFO"))
        told = dict(line.split(":", 1) for line in info.splitlines() if ":" in line)
        version = told.get("valkey_version") or told.get("redis_version", "?")
        findings = [Finding(True, f"{name} answers; its version is {version}.")]
        findings.append(_durability(name, told, await store.setting("appendfsync")))
        policy = told.get("maxmemory_policy", "noeviction")
        if policy != "noeviction":
            findings.append(
                Finding(
                    False,
                    f"{name} throws keys away when memory is short ({policy}).",
                    "Set maxmemory-policy to noeviction: what goes is somebody's evening.",
                )
            )
        return findings + await kept_findings(store) + await _stations(store)
    except StoreAway:
        return [Finding(False, f"{name} stopped answering.", "Look at its own log.")]
    finally:
        await store.close()


async def kept_findings(store: Store) -> list[Finding]:
    """Says when retention last ran, and whether the store's files still hold what was erased.

    Raises StoreAway.
    """
    findings: list[Finding] = []
    seen_at = (await retention.standing(store)).seen_at
    if seen_at == 0:
        findings.append(Finding(True, "Retention has not run yet: it does as the server runs."))
    else:
        is_late = store.clock() - seen_at > LONG_AGO_MS
        said = f"Retention last looked at all events at {words.iso(seen_at)}."
        mend = "Start the server: what has fallen due since is forgotten within minutes."
        findings.append(Finding(True, said, mend if is_late else ""))
    files = await erasure.files(store)
    if files.trouble:
        said = f"The store's files still hold what was erased: {files.trouble}"
        mend = "Mend what the store says (often a full disk); the server tries again by itself."
        findings.append(Finding(False, said, mend))
    elif files.wanted:
        said = "The store's files are still to be written anew, without what was erased."
        findings.append(Finding(True, said, "Leave the server running: it does so by itself."))
    elif files.at:
        said = f"The store's files were written anew after an erasure at {words.iso(files.at)}."
        findings.append(Finding(True, said))
    return findings


async def _stations(store: Store) -> list[Finding]:
    """Names the tables of running evenings whose stations are not connected."""
    findings, cursor = [], "0"
    while True:
        cursor, found = await Evenings(store).scan(cursor)
        for id, (_, nodes) in found.items():
            if nodes:  # somebody is connected to it now, or was when a server died
                findings += await _stations_of(store, id)
        if cursor == "0":
            return findings


async def _stations_of(store: Store, event_id: str) -> list[Finding]:
    evening = Evening(store, event_id, real_rules(), lambda evening, reason: None)
    try:
        await evening.load()
    except UnknownFact as error:
        return [Finding(False, f"A newer version of Meguri wrote: {error}.", "Run that version.")]
    event = evening.event
    if event.phase in (Phase.DRAFT, Phase.ENDED):
        return []
    stations = [event.people[id] for id in event.stations if event.people[id].belongs]
    away = sorted(one.table or 0 for one in stations if not one.connections)
    title = evening.register.details.title
    if not away:
        said = f"All {len(stations)} stations of “{title}” are connected."
        return [Finding(True, said)] if stations else []
    tables = ", ".join(map(str, away))
    return [
        Finding(
            False,
            f"{len(away)} of {len(stations)} stations of “{title}” are not connected:"
            f" table {tables}.",
            "Open the station's link on the device at that table: until then nobody there is heard"
            " online.",
        )
    ]


def _durability(name: str, told: dict[str, str], fsync: str | None) -> Finding:
    if told.get("aof_enabled") != "1":
        return Finding(
            False,
            f"{name} keeps no append-only file: a crash loses minutes of the evening.",
            "Set appendonly yes and appendfsync always.",
        )
    if fsync in (None, "always"):
        return Finding(True, f"{name} writes its append-only file before each answer.")
    return Finding(
        False,
        f"{name} has appendfsync {fsync}: a power cut loses what was acknowledged last.",
        "Set appendfsync always; it costs about a millisecond.",
    )
