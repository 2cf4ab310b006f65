"""The form of an import that was looked at, as a browser would send it back."""

from __future__ import annotations

import html
import re


def fields(page: str) -> dict[str, str]:
    """Returns the form of the page that was looked at, as a browser would send it."""
    form = page[page.index('class="import-look"') : page.index("</form>")]
    found = {
        name: html.unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    }
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        assert chosen, name
        found[name] = chosen[1]
    return found
