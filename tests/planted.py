"""Careless breaks of templates and style sheets, each of which `make check-parts` must find."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tools.check_parts.finding import Finding

ROOT = Path(__file__).parent.parent
B, F, R = "macros/buttons.html", "macros/forms.html", "macros/rows.html"
P, CSS, THEMES = "partials/", "static/src/css/", "static/src/themes/"
CALL, FORM, POST = "{% call", '<form id="{{ id or', '<form method="post" action'


class Break(NamedTuple):
    """A text of a file (its first occurrence) that is replaced by another.

    Attributes:
        file: name of a template, or path of a style sheet.
        old, new: the texts.
        said: words of the finding.
        at: words of the line that it names, unless that is the first line that has changed.
    """

    file: str
    old: str
    new: str
    said: str
    at: str = ""


def text_of(file: str) -> str:
    """The text of a template, or of a style sheet."""
    return (ROOT / file if file.endswith(".css") else ROOT / "templates" / file).read_text()


def file_of(planted: Break) -> str:
    """Its path in the repository."""
    return planted.file if planted.file.endswith(".css") else f"templates/{planted.file}"


def line_of(planted: Break, before: str, after: str) -> int:
    """The line that the finding must name."""
    if planted.at:
        lines = after.split("\n")
        return next(number for number, line in enumerate(lines, 1) if planted.at in line)
    at = before.index(planted.old)
    alone = before.replace(planted.old, planted.new, 1)
    pairs = zip(before[at:], alone[at:], strict=False)
    same = next((n for n, (old, new) in enumerate(pairs) if old != new), 0)
    return before.count("\n", 0, at + same) + 1


def is_found(planted: Break, file: str, line: int, found: list[Finding]) -> bool:
    """Whether it is among what was found, with its line and with how to mend it."""
    return any(
        (each.file, each.line) == (file, line) and each.mend and planted.said in str(each)
        for each in found
    )


# What cannot be rendered any more.
CRASHES = [
    Break(P + "nickname.html", "user.nickname", "user.nicname", "nickname`?"),
    Break(P + "email_form.html", "'current_key', hint", "'curent_key', hint", "current_key`?"),
    Break(P + "signup_form.html", "hint='We", "hnt='We", "hint`?"),
    Break(P + "key_form.html", "import key_field, new_key", "import new_key", "import it",
          "{{ key_f"),
    Break(P + "token_help.html", "'login.new'", "'login.nwe'", "login.new`?"),
    Break(P + "closing.html", "'macros/rows.html'", "'macros/row.html'", "macros/rows.html`?"),
    Break(P + "sessions.html", "{% endfor %}", "", "every block", "{% endcall %}"),
    Break(P + "first_key.html", "moment(user.key_expires_at", "moment(user.key_expires",
          "expires_at`?"),
    Break(P + "cookie_form.html", "'analysis', hint", "'analisis', hint", "analysis`?"),
    Break("about.html", "'pages.home'", "'page.home'", "pages.home`?"),
    Break("events.html", "{{ render_partial('partials/events.html'",
          "{{ render_partial('partials/event.html'", "partials/events.html`?"),
    Break("reset_key.html", "form=form, token=token", "from=form, token=token", "takes no `from`"),
    Break(P + "events.html", "{{ event.words }}", "{{ event.words | uper }}", "upper`?"),
    Break(P + "email.html", "{% endcall %}", "{% endcal %}", "endcall`?"),
    Break(P + "login_form.html", "form_for(form, url_for('login.create'))",
          "form_for(url_for('login.create'))", "what this line gives"),
    Break(P + "forgot_key_form.html", "form_for(form,", "form_for(frm,", "form`?"),
    Break("privacy_notice.html", "trail=[", "trial=[", "trail`?"),
    Break(P + "tile_wall.html", "icons/tiles.svg", "icons/tile.svg", "tiles.svg`?"),
    Break(P + "link_done.html", " #}", " }", "add `#}`", "{# params"),
    Break("new_key.html", "form=form", "form", "no name first"),
    Break("bulletin.html", "{% block main %}", "{% block main % }", "in one piece"),
    Break(P + "confirm_notice.html", "import post_button", "import post_buton", "post_button`?"),
    Break("email/new_device/body.html", "{{ browser }}", "{{ brwoser }}", "browser`?"),
    Break("email/key_changed/body.html", "rules.undo_email", "rules.undo_mail", "undo_email`?"),
]  # fmt: skip

# In a template of its own.
LEAVES = [
    Break(P + "toast.html", "name='cross'", "name='crss'", "icon"),
    Break(P + "toast.html", "name=kind", "name='succes'", "icon"),
    Break(P + "toast.html", "data-dismiss-toast", "data-dismis-toast", "data-dismiss-toast`?"),
    Break(P + "toast.html", ' data-toast="{{ kind }}"', "", "data-toast"),
    Break(P + "hero.html", "btn btn-primary", "btn btn-primry", "btn-primary`?"),
    Break(P + "hero.html", '<section class="hero">', '<section class="hero" id="main">', "taken"),
    Break(P + "hero.html", "<h1>Your place, ready in a minute.</h1>",
          "<h1>Your place,</h1> <h1>ready in a minute.</h1>", "more than one <h1>"),
    Break(P + "hero.html", "href=\"{{ url_for('signup.new') }}\"", 'href="#"', "leads nowhere"),
    Break(P + "nickname.html", "row('nickname',", "row('nick',", "replaces"),
    Break(P + "confirm_notice.html", "closest section", "closest article", "article"),
    Break(P + "login_form.html", "{{ key_field(form, 'key') }}\n", "", "field `key`", CALL),
    Break(P + "login_form.html", '<button type="submit"', "<button", "no `type`"),
    Break(P + "forgot_key_form.html",
          '<button type="submit" class="btn btn-primary">Send code</button>', "", "nothing sends",
          CALL),
    Break(P + "signup_form.html", '<button type="submit"', '<button type="submt"', "submit`?"),
    Break(P + "cookie_form.html", 'aria-describedby="cookies-necessary-hint"',
          'aria-describedby="cookies-necesary-hint"', "cookies-necessary-hint`?"),
    Break(P + "cookie_form.html", '<label for="cookies-necessary">', "<label>", "no label"),
    Break(P + "login_dialog.html", ' id="ask-title"', "", "ask-title"),
    Break(P + "closing_form.html", ' id="dialog-title"', "", "dialog-title"),
    Break(P + "closing_form.html", "<p>These go at once:</p>", "<p>These go at once:", "not closed",
          "<p>These"),
    Break(P + "navbar.html", 'id="network" ', "", "network"),
    Break(P + "navbar.html", " hidden>", ">", "#network is seen"),
    Break(P + "navbar.html", '<nav class="site-nav" aria-label="Main">', '<div class="site-nav">',
          "closed by"),
    Break(P + "site_menu.html", 'id="install"', 'id="instal"', "install"),
    Break(P + "site_menu.html", 'popovertarget="site-menu"', 'popovertarget="menu"', "#menu"),
    Break(P + "dialogs.html", ' aria-labelledby="{{ name }}-title"', "", "no name"),
    Break(P + "dialogs.html", '<span class="sr-only">Close</span>', "", "no words", "<button"),
    Break(P + "dialogs.html", '<div id="{{ name }}-body">', '<div id="{{ name }}-content">',
          "body"),
    Break(P + "breadcrumbs.html", ' aria-label="Breadcrumbs"', "", "told apart"),
    Break(P + "tile.html", ' alt="Your tile"', "", "alt"),
    Break(P + "tile_form.html", "again_id='tile-draw'", "again_id='row-tile'", "twice"),
    Break(P + "user_menu.html", ' aria-hidden="true"', "", "drawing"),
    Break(P + "events.html", "{% endif %}\n    </p>", "{% endif %}", "closed", '<p class="muted">'),
    Break(P + "events.html", '<ol class="event-list">', '<div class="event-list">', "<li>", "<li>"),
    Break(P + "page_head.html", "<h1>{{ title }}", "<h1>{{ title.upper }}", "Python"),
    Break(P + "spare_toasts.html", " | safe %}", " %}", "shown as text"),
    Break(P + "cookie_banner.html", '<div class="cookie-choices">', '<div style="color: red">',
          "inline"),
    Break(P + "footer.html", "<p>©", '<p onclick="hide()">©', "inline"),
    Break(P + "link_about.html", '<p class="form-note" role="alert">',
          '<p class="form-note" role="alrt">', "alert`?"),
    Break(P + "features.html", "<h3>A face", "<h5>A face", "<h5>"),
    Break("about.html", '<div class="prose">', '<div class="prose"><script>go()</script>',
          "inline"),
    Break(P + "brand.html", "<svg", '<img src="//a.example/a.png" alt="" width="1" height="1"><svg',
          "from elsewhere"),
    Break("email/new_device/body.html", "<p>If that was you",
          "<p><a href=\"{{ url_for('profile.show') }}\">X</a> If that was you", "from a mail"),
    Break(P + "email.html", "{{ user.email }}", "{{ user.email | safe }}", "lets through"),
    Break(P + "breadcrumbs.html", "</ol>", "</lo>", "write </ol>", "<ol "),
    Break("login.html", "{% block name %}Log in", "{% block name %}", "title"),
    Break("signup.html", "{% block main %}", "{% block mian %}", "main`?"),
    Break("key_entry.html", "{% set private", "{% set privat", "private`?"),
    Break(P + "confirm_notice.html", ' id="confirm-notice"', "", "confirm-notice"),
    Break(P + "empty_state.html", 'class="empty"', 'class="badge"', "only Bootstrap"),
    Break(P + "features.html", 'width="48" height', 'width="48px" height', "whole number"),
    Break(P + "features.html", "<h3>An account", "<p>New</p><h3>An account&nbps;", "&nbsp;`?"),
    Break(P + "footer.html", "{{ url_for('pages.about') }}", "about", "from each page"),
    Break(P + "footer.html", "<ul>\n", "<ul>\n<p>More:</p>\n", "inside <ul>", "<p>More:</p>"),
    Break(P + "events.html", "{{ event.words }}", "{ event.words }}", "shown"),
    Break(P + "tile_wall.html", 'alt=""', 'alt="" loading="lazzy"', "lazy`?"),
    Break("home.html", "{% block main %}", '{% block main %}<div class="room"/>', "slash"),
    Break("email/account_deleted/body.html", '{{ action(link, "Bring my account back") }}', "",
          "lacks the link", "{# params"),
    Break(P + "user_menu.html", 'id="user-menu" ', "", "user-menu"),
    Break(P + "user_menu.html", " popover>", ">", "open all the time"),
    Break(P + "link_about.html", ' role="alert"', "", "not announced"),
    Break(P + "login_form.html", "'email', autocomplete='username'", "'email'", "autocomplete"),
    Break(P + "spare_toasts.html", '"toast-{{ kind }}"', '"toasts-{{ kind }}"', "toast-error"),
    Break("pwa/manifest.webmanifest", '"dir": "ltr",', '"dir": "ltr"', "no JSON", '"start_url"'),
    Break(CSS + "bars.css", "[data-toasts] .dialog {", "[data-toast-s] .dialog {", "data-toast"),
    Break("profile.html", '<div class="rows">', '<div class="rows" id="toasts">', "twice"),
    Break("pwa/manifest.webmanifest", '"theme_color": {{ theme.day | tojson }}',
          '"theme_color": "#ffffff"', "#ffffff"),
    Break("email/confirmation/body.html", "<p>Your account", '<p class="x">Your account', "class"),
    Break("email/email_taken/body.html", "<p>", '<p style="color: #ff0000">', "#ff0000"),
    Break("email/key_changed/body.txt", "{{ link }}", "", "lacks the link", "{# params"),
    Break("email/key_reset_code/body.txt", "{{ code }}", "<b>{{ code }}</b>", "no tags"),
    Break(CSS + "components/toast.css", "color: var(--ink);", "color: #333;", "#333"),
    Break(CSS + "components/row.css", "var(--ink-soft)", "var(--ink-sotf)", "--ink-soft`?"),
    Break(CSS + "components/notice.css", ".notice {", ".notcie {", "notice`?"),
    Break(CSS + "tokens.css", "--ink-soft: light-dark(#4d5b58", "--ink-soft: light-dark(#8d9b98",
          "contrast"),
    Break(CSS + "components/field.css", "  outline: var(--ring) solid var(--focus);",
          "  outline: none;", "focus"),
    Break(CSS + "site.css", '@import "./components/menu.css" layer(components);\n', "", "menu.css",
          "bars.css"),
    Break(THEMES + "plain/tokens.css", "--ink: light-dark(#1c1a17", "--ink: light-dark(#8c8a87",
          "contrast"),
    Break(THEMES + "contrast/site.css", '@import "./look.css" layer(components);\n', "", "look.css",
          "bars.css"),
    Break(CSS + "components/banner.css", "padding-inline: var(--space-4)",
          "--bs-btn-padding-x: var(--space-4)", "write the property"),
]  # fmt: skip

# In what all pages, forms or mails share.
SHARED = [
    Break(R, '<section id="row-{{ form.name }}"', '<section id="form-{{ form.name }}"', "row-"),
    Break(F, 'hx-post="{{ action }}" hx-target', 'hx-pots="{{ action }}" hx-target', "hx-post`?"),
    Break(F, 'hx-target="{{ target }}"', 'hx-taget="{{ target }}"', "hx-target`?"),
    Break(F, 'hx-swap="{{ swap }}"', 'hx-swap="outerHtml"', "outerHTML"),
    Break(F, ' hx-sync="this:drop"', "", "twice", FORM),
    Break(F, 'hx-disable="find [type=submit]" ', "", "pressed twice", FORM),
    Break(F, ' hx-status:422="swap:outerHTML"', "", "errors of a refused form", FORM),
    Break(F, " novalidate", "", "words of its own", FORM),
    Break(F, ' method="post"', "", "goes into the address", FORM),
    Break(F, ' method="post"', ' method="get"', "goes into the address"),
    Break(F, ' action="{{ action }}"', "", "no `action`", FORM),
    Break(F, "{{ form.hidden_tag() }}", "", "CSRF", FORM),
    Break(F, "  'hx-sync': 'closest form:abort',\n", "", "hx-sync", "'hx-swap': 'outerHTML'"),
    Break(F, "'hx-target': '#' ~ it.id ~ '-error'", "'hx-target': '#' ~ it.id ~ '-eror'",
          "-error`?"),
    Break(F, "'hx-trigger'", "'hx-triger'", "hx-trigger`?"),
    Break(F, "'hx-swap': 'outerHTML'", "'hx-swap': 'innerHTML'", "error of before"),
    Break(F, 'form="{{ form.name }}-cancel">', 'form="{{ form.name }}-cancl">', "-cancel`?"),
    Break(F, " data-close-dialog", "", "data-close-dialog", '<form id="{{ form.name }}-cancel"'),
    Break(F, "'new-password', meter=true", "'new-pasword', meter=true", "new-password`?"),
    Break(F, 'for="{{ it.id }}">', 'for="{{ it.name }}">', "label"),
    Break(F, "~ it.id ~ '-error',\n", "~ it.id ~ '-eror',\n", "-error`?"),
    Break(F, ' role="alert">{{ form.form_errors', ">{{ form.form_errors", "not announced"),
    Break(F, '{% if field.errors %} role="alert"{% endif %}', "", "not announced"),
    Break(F, "  'aria-invalid': 'true' if wrong else false,\n", "", "not marked",
          "'aria-describedby': (it"),
    Break(F, 'data-key-toggle="{{ it.id }}"', 'data-key-togle="{{ it.id }}"', "data-key-toggle`?"),
    Break(F, 'aria-describedby="{{ it.id }}-label"', 'aria-describedby="{{ it.id }}-lable"',
          "-label`?"),
    Break(F, 'aria-label="Strength"', 'aria-lable="Strength"', "aria-label`?"),
    Break(B, ' hx-sync="this:drop" hx-disable="find [type=submit]"\n  {%- if', "\n  {%- if",
          "twice", POST),
    Break(B, 'hx-post="{{ action }}"', "hx-post=\"{{ url_for('login.create') }}\"", "differ"),
    Break(B, '  <input type="hidden" name="csrf_token" value="{{ csrf_token() }}">\n', "", "CSRF",
          POST),
    Break(B, '<form method="post"', '<form method="get"', "into the address"),
    Break(B, 'hx-target="#dialog-body"', 'hx-target="#dialog-bdy"', "dialog-body`?"),
    Break(B, '{%- if dismiss %} data-dismiss="', '{%- if dismiss %} data-dismis="',
          "data-dismiss`?"),
    Break(B, '<a href="{{ address }}" hx-get="{{ address }}"', '<a hx-get="{{ address }}"', "href"),
    Break(R, 'hx-target="closest section"', 'hx-target="closest sectoin"', "section`?"),
    Break(R, 'hx-get="{{ address }}"', 'hx-get="/profil"', "leads nowhere"),
    Break(R, ' hx-sync="this:drop">', ">", "twice", "<form{% if id"),
    Break("base.html", ' role="status"', "", "not announced"),
    Break("base.html", 'name="csrf-token"', 'name="csrf-tokn"', "csrf-token`?"),
    Break("base.html", '<link rel="canonical"', '<link rel="cannonical"', "search engines"),
    Break("base.html", 'aria-live="polite"', 'aria-live="poilte"', "polite`?"),
    Break("base.html", 'id="toasts" ', "", "toasts"),
    Break("base.html", '"history": false}', '"history": false', "htmx has no", "htmx-config"),
    Break("base.html", ' data-user="{{ user_mark(current_user) }}"', "", "data-user"),
    Break("bare.html", ' lang="en"', "", "language"),
    Break("bare.html", '<main id="main" tabindex="-1">', '<div id="main" tabindex="-1">',
          "no <main>"),
    Break("bare.html", ' tabindex="-1"', "", "focus"),
    Break("bare.html", '<meta name="viewport"', '<meta name="vieport"', "viewport"),
    Break("bare.html", "width=device-width, ", "width=device, ", "as small as"),
    Break("base.html", 'type="module"', 'type="modul"', "module`?"),
    Break("bare.html", 'rel="manifest"', 'rel="manifst"', "manifest`?"),
    Break("bare.html", '<a class="skip-link" href="#main">', '<a class="skip-link" href="/">',
          "skips"),
    Break("bare.html", "<title>{% block title %}{{ site_name }}{% endblock %}</title>",
          "{% block title %}{% endblock %}", "no title", "<head>"),
    Break("bare.html", 'href="#main"', 'href="#content"', "#content"),
    Break("bare.html", "('dark', theme.night)", "('dark', '#0f1515')", "#0f1515"),
    Break("email/_layout.html", ' lang="en"', "", "language"),
    Break("email/_parts.html", "color: #ffffff", "color: white", "white", "{#- #} background"),
    Break("email/_parts.html", "background: #0f766e", "background: #0f7660", "#0f7660"),
]  # fmt: skip

# Tags that do not end.
TORN = [
    Break(P + "hero.html", 'class="btn btn-quiet" href', 'class="btn btn-quiet href', "`href=`"),
    Break(P + "hero.html", "<h1>Your", "<h1 Your", "add `>`", "<h1 Your"),
    Break(P + "hero.html", '<p class="lead">', "<p class=“lead”>", "no quote"),
    Break(P + "navbar.html", 'class="site-nav" aria', 'class="site-nav aria', "`aria-label=`"),
    Break("base.html", 'id="toasts" class="toasts"', 'id="toasts class="toasts"', "`class=`"),
    Break("bare.html", '<main id="main" tabindex="-1">', '<main id="main" tabindex="-1>', "quote"),
    Break(B, '<form method="post" action', '<form method="post action', "`action=`"),
    Break(P + "footer.html", "<footer class", '<footer" class', "the other one"),
]

# What causes much else, and is told first.
CAUSES = [
    TORN[4],
    Break(B, '<form method="post" action', "<form action", "no `method`"),
    Break(F, 'for="{{ it.id }}">', 'for="{{ it.name }}">', "`for`"),
    Break(P + "dialogs.html", '"{{ name }}-body"', '"{{ name }}-content"', "dialog-body"),
]
