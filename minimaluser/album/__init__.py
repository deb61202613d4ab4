"""The album: pictures on the home page and, for confirmed people, all of them. A part."""

from __future__ import annotations

from minimaluser.album import views
from minimaluser.album.command import seed
from minimaluser.parts import Entry, Part, Slot

part = Part(
    blueprints=(views.bp,),
    menu=(Entry("Album", "album.index"),),
    slots={
        "home": Slot("partials/album/on_home.html", views.on_home),
        "offline": Slot("partials/album/offline.html", views.on_home),
        "about": Slot("partials/album/about.html"),
        "brings": ", an album of cats",
        "app": " and an album of cats",
        "guest": " and see a few pictures on the home page",
        "unconfirmed": " and open single pictures",
        "confirmed": "; the album opens then",
        "next": Slot("partials/album/next.html"),
    },
    seed=seed,
)
