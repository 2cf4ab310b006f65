"""What the environment may say, and the sentence for what it may not."""

from __future__ import annotations

import pytest

from server.settings import SettingsError, read_settings, spoken_language


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "http://localhost"),
        ("MEGURI_PUBLIC_URL", "events.example.org"),
        ("MEGURI_PUBLIC_URL", "https://"),
        ("MEGURI_PUBLIC_URL", "http://["),
        ("MEGURI_MEDIA", "pigeons"),
        ("MEGURI_DATA_DIR", "~nobody-of-this-name/meguri"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({name: value, "HOME": "/home/ana"})


def test_an_empty_variable_is_not_set_and_a_slash_at_the_end_does_not_count() -> None:
    settings = read_settings(
        {"REDIS_URL": "", "MEGURI_PUBLIC_URL": "https://tea.example.org/", "HOME": "/home/ana"}
    )
    assert settings.redis_url is None
    assert settings.public_url == "https://tea.example.org"


@pytest.mark.parametrize(
    ("url", "host", "port", "security", "password"),
    [
        ("smtp://mail.example.org", "mail.example.org", 25, "offered", ""),
        ("starttls://u:p%40ss@mail.example.org", "mail.example.org", 587, "starttls", "p@ss"),
        ("smtps://u:s3cret@mail.example.org:4650", "mail.example.org", 4650, "tls", "s3cret"),
    ],
)
def test_a_mail_servers_address_says_how_it_is_spoken_to(
    url: str, host: str, port: int, security: str, password: str
) -> None:
    smtp = read_settings({"MEGURI_SMTP_URL": url}).smtp
    assert smtp is not None
    assert (smtp.host, smtp.port, smtp.security, smtp.password) == (host, port, security, password)
    assert password not in smtp.shown or not password


@pytest.mark.parametrize("url", ["mail.example.org", "http://x", "smtp://", "smtp://x:99999"])
def test_what_is_no_mail_server_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(SettingsError, match="MEGURI_SMTP_URL must look like"):
        read_settings({"MEGURI_SMTP_URL": url})


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "en_GB"}, "en"),
        ({"LANG": "C.UTF-8", "LC_ALL": ""}, ""),
        ({}, ""),
    ],
)
def test_a_terminals_language_is_its_locales(environ: dict[str, str], language: str) -> None:
    assert spoken_language(environ) == language
