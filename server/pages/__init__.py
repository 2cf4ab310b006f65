"""The pages: what browsers are given, from the first page to the two that are programs.

`routes` are the application's; what it answers when something goes wrong is `errors.handlers`.
"""

from __future__ import annotations

from starlette.routing import BaseRoute

from server.pages import (
    desk,
    entry,
    joining,
    mail_choices,
    mine,
    my_data,
    personal_link,
    shells,
    statics,
)

routes: list[BaseRoute] = [
    *statics.routes,
    *entry.routes,
    *personal_link.routes,
    *joining.routes,
    *mail_choices.routes,
    *mine.routes,
    *my_data.routes,
    *shells.routes,
    *desk.routes,
]
