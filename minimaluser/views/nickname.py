"""The nickname on the profile."""

from flask import Blueprint, Response

from minimaluser import accounts
from minimaluser.forms import NicknameForm
from minimaluser.parts import Row
from minimaluser.security.access import LOGGED_IN, access
from minimaluser.views.logged_in import me
from minimaluser.views.profile import edit_row, show_row

bp = Blueprint("nickname", __name__)
row = Row("nickname", NicknameForm, 20)


@bp.get("/profile/nickname")
@access(LOGGED_IN)
def edit() -> Response:
    return edit_row("nickname", NicknameForm(nickname=me().nickname))


@bp.post("/profile/nickname")
@access(LOGGED_IN, done="user_updated")
def update() -> Response:
    form = NicknameForm()
    if not form.attempt(accounts.change_nickname, me(), form.nickname):
        return edit_row("nickname", form, 422)
    return show_row("nickname", "Your nickname is changed.")
