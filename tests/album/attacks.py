"""The album: who sees which picture."""

from __future__ import annotations

from tests.abuse.attack import Trial, attack


@attack("AZ3")
def pictures_are_shown_to_whom_they_are_for(trial: Trial) -> None:
    """The list, the pages and the files of the album are asked for by everybody, directly.

    A guest gets only thumbnails of the home page; a picture off air and an unknown one are the
    same 404 to everybody.
    """
    site = trial.site
    guest, ben, ann = site.visitor(), site.unconfirmed("ben"), site.confirmed("ann")
    shown = {a for a in ann.open("/album/").addresses if a.startswith("/album/") and a != "/album/"}
    trial.control(shown, "the album shows no picture to a confirmed person")
    for visitor in (guest, ben):
        page = visitor.ask("GET", "/album/")
        trial.check(page.status != 200, "the list is shown to who is not confirmed")
        trial.check(not any(a in page.text for a in shown), "the list leaks")
    home = guest.open("/").text
    pages = sorted(a for a in shown if a.count("/") == 2)
    for path in pages:
        trial.check(guest.ask("GET", path).goes_to_log_in, f"{path} is shown to a guest")
        trial.control(ben.ask("GET", path).status == 200, f"{path} is not shown to Ben")
        for width in (480, 960, 1600):
            file = f"{path}/{width}.jpg"
            is_public = file in home or (path in home and width <= 960)
            page = guest.ask("GET", file)
            trial.check(page.status != 200 or is_public, f"{file} is given to a guest")
    numbers = [int(path.rpartition("/")[2].partition("-")[0]) for path in pages]
    hidden = [n for n in range(1, max(numbers) + 3) if n not in numbers]
    for visitor in (ann, ben, guest):
        seen = [(n, visitor.ask("GET", f"/album/{n}-not-to-be-seen")) for n in hidden]
        found = {page.text.replace(f"/{n}-not", "/…-not") for n, page in seen}
        trial.check(len(found) == 1, "a picture off air differs from an unknown one")
    for number in hidden:
        page = ann.ask("GET", f"/album/{number}-not-to-be-seen")
        trial.check(page.status == 404, f"picture {number} is shown though off air: {page.status}")
        page = ann.ask("GET", f"/album/{number}-not-to-be-seen/480.jpg")
        trial.check(page.status == 404, f"the file of picture {number}: {page.status}")
