"""For development only: the built-in mailbox."""

from typing import Any

from flask import Blueprint, jsonify, render_template

from minimaluser import outbox

bp = Blueprint("dev", __name__)


@bp.get("/dev/mailbox")
def mailbox() -> str:
    return render_template("dev_mailbox.html", mails=outbox.mailbox())


@bp.get("/dev/mailbox.json")
def mailbox_json() -> Any:
    return jsonify(outbox.mailbox())
