"""For development only: the built-in mailbox, for people and for tests."""

from flask import Blueprint, Response, abort, jsonify, render_template

from minimaluser import outbox
from minimaluser.security.access import EVERYBODY, access

bp = Blueprint("dev", __name__)

MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"


@bp.get("/dev/mailbox")
@access(EVERYBODY)
def mailbox() -> str:
    return render_template("dev_mailbox.html", mails=outbox.mailbox())


@bp.get("/dev/mailbox.json")
@access(EVERYBODY)
def mailbox_json() -> Response:
    return jsonify(outbox.mailbox())


@bp.get("/dev/mailbox/<identity>")
@access(EVERYBODY, example={"identity": "x"}, nobodys="only in development")
def mail(identity: str) -> Response:
    found = next((mail for mail in outbox.mailbox() if mail["id"] == identity), None)
    if found is None:
        abort(404)
    return as_mail(found["html"])


def as_mail(html: str) -> Response:
    """Show the HTML part of a mail as a mail program would: with inline styles and nothing else."""
    answer = Response(html, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = MAIL_POLICY
    return answer
