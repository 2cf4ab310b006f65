"""Settings: the only reader of the environment.

Responsible for names, defaults and first checks of what an operator may set. Deliberately does not
touch the disk or the network: whether the data folder can be used is the store's question.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct, field

MEDIA = ("none", "mesh", "livekit")
STORE_SCHEMES = ("redis://", "rediss://", "unix://")


class SettingsError(Exception):
    """A setting cannot be used; the text is one sentence that says which and why."""


class Smtp(Struct, frozen=True, kw_only=True):
    """A mail server. `security`: `tls` (from the first byte), `starttls` (or nothing is sent), or
    `offered` (STARTTLS where the server has it)."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""

    @property
    def shown(self) -> str:
        """Its address as it may be shown: without user and password."""
        return f"{self.host}:{self.port}"


class Settings(Struct, frozen=True, kw_only=True):
    """What an operator may set. None: not set, and the program has its own way."""

    redis_url: str | None = None
    """A Redis of one's own; None: the bundled store in `data_dir`."""
    data_dir: Path = field(default_factory=lambda: default_data_dir({}))
    organiser_key: str | None = None
    public_url: str | None = None
    """Without a slash at its end."""
    media: str = "mesh"
    turn_urls: tuple[str, ...] = ()
    turn_secret: str | None = None
    livekit_url: str | None = None
    """A media server, for rooms larger than a mesh carries; with its key and secret."""
    livekit_key: str | None = None
    livekit_secret: str | None = None
    smtp: Smtp | None = None
    """The mail server; None: mails wait on the organiser's desk."""
    mail_from: str | None = None
    """The address that mails come from; None: `meguri@` and the public address's host."""
    webhooks_private: bool = False
    """Whether webhooks may call this machine and its network, also by plain http."""


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings out of `environ` (None: this process's environment).

    Empty variables count as not set. Raises SettingsError.
    """
    given = {k: v.strip() for k, v in (os.environ if environ is None else environ).items()}

    def value(name: str) -> str | None:
        return given.get(name) or None

    redis_url = value("REDIS_URL")
    if redis_url is not None and not redis_url.startswith(STORE_SCHEMES):
        raise SettingsError("REDIS_URL must begin with redis://, rediss:// or unix://.")
    public_url = value("MEGURI_PUBLIC_URL")
    if public_url is not None and not public_url.startswith(("http://", "https://")):
        raise SettingsError("MEGURI_PUBLIC_URL must begin with http:// or https://.")
    if public_url is not None and not _has_host(public_url):
        raise SettingsError("MEGURI_PUBLIC_URL names no host: https://events.example.org does.")
    media = value("MEGURI_MEDIA") or "mesh"
    if media not in MEDIA:
        raise SettingsError(f"MEGURI_MEDIA must be one of {', '.join(MEDIA)}.")
    data_dir = value("MEGURI_DATA_DIR")
    livekit_url = value("LIVEKIT_URL")
    _check_livekit(media, livekit_url, value("LIVEKIT_API_KEY"), value("LIVEKIT_API_SECRET"))
    turn_urls = (value("MEGURI_TURN_URLS") or "").replace(",", " ").split()
    return Settings(
        redis_url=redis_url,
        data_dir=_folder(data_dir) if data_dir else default_data_dir(given),
        organiser_key=value("MEGURI_ORGANISER_KEY"),
        public_url=public_url.rstrip("/") if public_url else None,
        media=media,
        turn_urls=tuple(_checked_relay(url) for url in turn_urls),
        turn_secret=value("MEGURI_TURN_SECRET"),
        livekit_url=livekit_url.rstrip("/") if livekit_url else None,
        livekit_key=value("LIVEKIT_API_KEY"),
        livekit_secret=value("LIVEKIT_API_SECRET"),
        smtp=_smtp(value("MEGURI_SMTP_URL")),
        mail_from=_mail_from(value("MEGURI_MAIL_FROM")),
        webhooks_private=_is_on("MEGURI_WEBHOOKS_PRIVATE", value("MEGURI_WEBHOOKS_PRIVATE")),
    )


def spoken_language(environ: Mapping[str, str] | None = None) -> str:
    """Returns the language of the terminal's locale, two letters as in `ja`; empty: none is set.

    The variables themselves are read: a locale that this machine has not installed still says what
    its owner reads.
    """
    given = os.environ if environ is None else environ
    named = next((v for n in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := given.get(n))), "")
    return named[:2].lower() if re.match(r"[A-Za-z]{2}(?![A-Za-z])", named) else ""


SMTP_SCHEMES = {"smtp": ("offered", 25), "starttls": ("starttls", 587), "smtps": ("tls", 465)}
"""Scheme of MEGURI_SMTP_URL to its security and its usual port."""


def _smtp(url: str | None) -> Smtp | None:
    if url is None:
        return None
    wrong = SettingsError(
        "MEGURI_SMTP_URL must look like smtp://mail.example.org, starttls://user:password@"
        "mail.example.org or smtps://user:password@mail.example.org (with :port where it is"
        " unusual; odd signs in a password as %40)."
    )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise wrong from error
    if parts.scheme not in SMTP_SCHEMES or not host:
        raise wrong
    security, usual = SMTP_SCHEMES[parts.scheme]
    return Smtp(
        host=host,
        port=port or usual,
        security=security,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _is_on(name: str, written: str | None) -> bool:
    if written is not None and written.lower() not in ("1", "yes", "true", "0", "no", "false"):
        raise SettingsError(f"{name} must be yes or no.")
    return written is not None and written.lower() in ("1", "yes", "true")


def _mail_from(written: str | None) -> str | None:
    if written is not None and not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", written):
        raise SettingsError("MEGURI_MAIL_FROM must be a plain address: events@example.org.")
    return written


def _checked_relay(url: str) -> str:
    if not re.fullmatch(r"(stuns?|turns?):[^\s?/]+(\?transport=(udp|tcp))?", url):
        raise SettingsError(
            f"MEGURI_TURN_URLS has {url}; addresses look like turn:relay.example.org:3478."
        )
    return url


def _check_livekit(media: str, url: str | None, key: str | None, secret: str | None) -> None:
    if url is None:
        if media == "livekit":
            raise SettingsError("MEGURI_MEDIA is livekit, so LIVEKIT_URL must be set.")
        return
    # It goes into the pages' policy, where a blank or semicolon would begin another rule.
    if not re.fullmatch(r"wss?://[A-Za-z0-9.\-:\[\]]+/?", url) or not _has_host(url):
        raise SettingsError("LIVEKIT_URL must look like wss://media.example.org.")
    if not key or not secret:
        raise SettingsError("LIVEKIT_URL needs LIVEKIT_API_KEY and LIVEKIT_API_SECRET beside it.")


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:  # brackets that are not closed
        return False


def _folder(written: str) -> Path:
    try:
        return Path(written).expanduser().absolute()
    except RuntimeError as error:  # ~somebody whom this machine does not know
        raise SettingsError(f"MEGURI_DATA_DIR is {written}, and nobody has that home.") from error


def default_data_dir(environ: Mapping[str, str]) -> Path:
    """Returns the folder `meguri` under the user's data home (XDG base directories)."""
    data_home = environ.get("XDG_DATA_HOME", "")
    # The specification says that a path that is not absolute is to be ignored.
    if data_home and Path(data_home).is_absolute():
        return Path(data_home) / "meguri"
    home = environ.get("HOME", "")
    return (Path(home) if home else Path.home()) / ".local" / "share" / "meguri"


def child_environment(**changes: str | None) -> dict[str, str]:
    """Returns this process's environment for a child, with `changes` made (None: taken out)."""
    inherited = {k: v for k, v in os.environ.items() if changes.get(k, v) is not None}
    return inherited | {k: v for k, v in changes.items() if v is not None}


def may_move_cursor() -> bool:
    """Says whether the terminal does not call itself one that only prints (TERM is `dumb`)."""
    return os.environ.get("TERM") != "dumb"
