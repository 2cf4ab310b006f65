"""What the environment may say, and the sentence for what it may not."""

from __future__ import annotations

import pytest

from server.settings import SettingsError, read_settings


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
