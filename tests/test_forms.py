"""What may be sent: one class a form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from wtforms.widgets import html_params

from minimaluser import accounts, forms
from minimaluser.forms import base
from minimaluser.settings import SITE_NAME

pytestmark = pytest.mark.once

GOOD_KEY = "blue kettle sings at dawn"
LABELS = {
    forms.SignupForm: ["Email"],
    forms.SignupKeyForm: ["Email", "Access key"],
    forms.LoginForm: ["Email", "Access key", "Keep me logged in"],
    forms.NicknameForm: ["Nickname"],
    forms.EmailForm: ["Email", "Current access key"],
    forms.KeyForm: ["Current access key", "New access key", "Confirm new access key"],
    forms.ForgotKeyForm: ["Email"],
    forms.ResetKeyForm: ["Code", "New access key", "Confirm new access key"],
    forms.KeyEntryForm: ["Current access key"],
    forms.ClosingForm: ["Current access key"],
    forms.CookieForm: ["Analysis"],
    forms.AppearanceForm: ["Appearance"],
    forms.TileForm: [],
    forms.LinkForm: [],
    forms.ConfirmForm: ["Access key"],
    forms.NewKeyForm: ["New access key", "Confirm new access key"],
}
GOOD: dict[type[forms.Form], dict[str, str]] = {
    forms.SignupForm: {"email": "eve@example.org"},
    forms.SignupKeyForm: {"email": "eve@example.org", "new_key": GOOD_KEY},
    forms.LoginForm: {"email": "eve@example.org", "key": "x"},
    forms.NicknameForm: {"nickname": "Eve the First"},
    forms.EmailForm: {"email": "eve@example.org", "current_key": "x"},
    forms.KeyForm: {"current_key": "x", "new_key": GOOD_KEY, "confirm_key": GOOD_KEY},
    forms.ForgotKeyForm: {"email": "eve@example.org"},
    forms.ResetKeyForm: {"code": "123 456", "new_key": GOOD_KEY, "confirm_key": GOOD_KEY},
    forms.KeyEntryForm: {"current_key": "x"},
    forms.ClosingForm: {"current_key": "x"},
    forms.CookieForm: {},
    forms.AppearanceForm: {"scheme": "dark"},
    forms.TileForm: {"seed": "0123456789abcdef"},
    forms.LinkForm: {},
    forms.ConfirmForm: {},
    forms.NewKeyForm: {"new_key": GOOD_KEY, "confirm_key": GOOD_KEY},
}
BAD = [
    (forms.SignupForm, {"email": ""}, "email", "Please enter your email address."),
    (forms.SignupForm, {"email": "eve"}, "email", "does not look like an email address"),
    (forms.SignupForm, {"email": "x" * 4097}, "email", "This is too long."),
    (forms.SignupKeyForm, {"new_key": "short"}, "new_key", "at least 15"),
    (forms.LoginForm, {"email": ""}, "email", "Please enter your email address."),
    (forms.LoginForm, {"key": ""}, "key", "Please enter your access key."),
    (forms.LoginForm, {"key": "x" * 4097}, "key", "This is too long."),
    (forms.NicknameForm, {"nickname": "eve"}, "nickname", "at least 4"),
    (forms.NicknameForm, {"nickname": "x" * 5000}, "nickname", "This is too long."),
    (forms.EmailForm, {"email": "eve@"}, "email", "does not look like"),
    (forms.KeyForm, {"current_key": ""}, "current_key", "your current access key"),
    (forms.KeyForm, {"new_key": "short"}, "new_key", "at least 15"),
    (forms.KeyForm, {"new_key": f"{SITE_NAME} {SITE_NAME}"}, "new_key", "built on"),
    (forms.KeyForm, {"confirm_key": "x"}, "confirm_key", "not the same"),
    (forms.KeyForm, {"confirm_key": GOOD_KEY.upper()}, "confirm_key", "not the same"),
    (forms.ForgotKeyForm, {"email": "eve"}, "email", "does not look like"),
    *[
        (forms.ResetKeyForm, {"code": code}, "code", "6 digits")
        for code in ("", "12345", "1234567", "12345a", "12 34567", "١٢٣٤٥٦x", "123456\n7")
    ],
    (forms.NewKeyForm, {"new_key": "short"}, "new_key", "at least 15"),
    (forms.NewKeyForm, {"confirm_key": ""}, "confirm_key", "not the same"),
    (forms.ResetKeyForm, {"confirm_key": ""}, "confirm_key", "not the same"),
    (forms.KeyEntryForm, {"current_key": ""}, "current_key", "Please enter your access key."),
    (forms.ClosingForm, {"current_key": ""}, "current_key", "Please enter your access key."),
]


@pytest.fixture
def posted(app: Flask) -> Iterator[object]:
    """Make a form of a class as if this had been posted."""
    contexts = []

    def post(form: type[forms.Form], data: dict[str, str]) -> forms.Form:
        app.config["WTF_CSRF_ENABLED"] = False
        context = app.test_request_context("/", method="POST", data=data)
        context.push()
        contexts.append(context)
        return form()

    yield post
    for context in reversed(contexts):
        context.pop()


def every_form() -> list[type[forms.Form]]:
    classes = [one for one in vars(forms).values() if isinstance(one, type)]
    return [one for one in classes if issubclass(one, forms.Form) and one is not forms.Form]


def test_every_form_is_in_the_tables_of_this_test() -> None:
    assert set(every_form()) == set(LABELS) == set(GOOD)


@pytest.mark.parametrize("form", LABELS)
def test_the_labels_are_the_words_people_read(app: Flask, form: type[forms.Form]) -> None:
    with app.test_request_context("/"):
        visible = [f for f in form() if f.type not in {"HiddenField", "CSRFTokenField"}]
        assert [field.label.text for field in visible] == LABELS[form]


def test_two_forms_on_one_page_share_no_id(app: Flask) -> None:
    with app.test_request_context("/"):
        ids = [field.id for form in every_form() for field in form() if field.name != "csrf_token"]
        names = [form.name for form in every_form()]
    assert len(ids) == len(set(ids))
    assert len(names) == len(set(names))


@pytest.mark.parametrize("form", LABELS)
def test_a_label_belongs_to_its_field(app: Flask, form: type[forms.Form]) -> None:
    with app.test_request_context("/"):
        for field in form():
            assert field.label.field_id == field.id


@pytest.mark.parametrize("form", GOOD)
def test_good_input_is_accepted(posted: object, form: type[forms.Form]) -> None:
    made = posted(form, GOOD[form])  # type: ignore[operator]
    assert made.validate(), made.errors


@pytest.mark.parametrize(("form", "typed", "field", "said"), BAD)
def test_bad_input_is_refused_with_a_sentence_at_its_field(
    posted: object, form: type[forms.Form], typed: dict[str, str], field: str, said: str
) -> None:
    made = posted(form, GOOD[form] | typed)  # type: ignore[operator]
    assert not made.validate()
    assert said in made[field].errors[0]
    assert set(made.errors) <= {field, "confirm_key"}


@pytest.mark.parametrize(
    "form", [form for form in GOOD if GOOD[form] and form is not forms.TileForm]
)
def test_nothing_at_all_is_refused(posted: object, form: type[forms.Form]) -> None:
    assert not posted(form, {}).validate()  # type: ignore[operator]


@pytest.mark.parametrize("form", LABELS)
def test_CR9_a_key_is_never_sent_back(posted: object, form: type[forms.Form]) -> None:
    secret = "a key nobody may see"
    typed = dict.fromkeys(("key", "current_key", "new_key", "confirm_key"), secret)
    made = posted(form, typed)  # type: ignore[operator]
    assert secret not in "".join(str(field()) for field in made)


def test_a_refusal_of_the_use_case_becomes_the_error_of_its_field(posted: object) -> None:
    def refuse(*_: object) -> None:
        raise accounts.Refused("email", "No.")

    form = posted(forms.SignupForm, GOOD[forms.SignupForm])  # type: ignore[operator]
    assert not form.attempt(refuse)
    assert form.email.errors == ["No."]


def test_the_use_case_is_not_tried_with_bad_input(posted: object) -> None:
    form = posted(forms.SignupForm, {"email": ""})  # type: ignore[operator]
    assert not form.attempt(pytest.fail, "called")


def test_the_outcome_of_the_use_case_is_kept(posted: object) -> None:
    form = posted(forms.SignupForm, GOOD[forms.SignupForm])  # type: ignore[operator]
    assert form.attempt(lambda email: email.upper(), form.email.data)
    assert form.outcome == "EVE@EXAMPLE.ORG"


# --- checked while typing


def test_what_is_checked_live_is_listed() -> None:
    checked = {
        (name, method.removeprefix("live_"))
        for name, form in forms.CHECKED.items()
        for method in dir(form)
        if method.startswith("live_") and method != "live_checks"
    }
    assert checked == {
        ("signup", "email"),
        ("signup-key", "email"),
        ("signup-key", "new_key"),
        ("nickname", "nickname"),
        ("email", "email"),
        ("key", "new_key"),
        ("forgot-key", "email"),
        ("reset-key", "new_key"),
        ("new-key", "new_key"),
    }


def test_every_form_with_a_live_check_can_be_asked() -> None:
    live = {
        form
        for form in every_form()
        if any(m.startswith("live_") and m != "live_checks" for m in dir(form))
    }
    assert live == set(forms.CHECKED.values())


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (forms.KeyForm, "current_key"),
        (forms.KeyForm, "confirm_key"),
        (forms.LoginForm, "key"),
        (forms.SignupForm, "csrf_token"),
        (forms.SignupForm, "validate"),
        (forms.SignupForm, "nothing"),
    ],
)
def test_nothing_else_is_checked_live(posted: object, form: type[forms.Form], field: str) -> None:
    with pytest.raises(KeyError):
        posted(form, GOOD[form]).check(field)  # type: ignore[operator]


def test_EN1_the_live_check_does_not_tell_whether_an_address_is_taken(posted: object) -> None:
    for form in (forms.SignupForm, forms.EmailForm, forms.ForgotKeyForm):
        for email in ("ann@example.org", "nobody@example.org"):
            assert posted(form, {"email": email}).check("email").errors in ((), [])  # type: ignore[operator]


def test_a_live_check_looks_at_its_own_field_alone(posted: object) -> None:
    form = posted(forms.KeyForm, {"new_key": "short"})  # type: ignore[operator]
    assert "at least 15" in form.check("new_key").errors[0]
    assert not form.current_key.errors


@pytest.mark.parametrize("form", [forms.SignupForm, forms.EmailForm])
def test_an_address_with_a_slip_is_asked_about_once_and_then_taken(
    posted: object, form: type[forms.Form]
) -> None:
    typed = {**GOOD[form], "email": "maya@gmail.con"}
    asked = posted(form, typed)  # type: ignore[operator]
    assert not asked.validate()
    question = "Did you mean maya@gmail.com? If not, press the button again."
    assert asked.email.errors == [question]
    assert posted(form, {**typed, "asked": asked.asked.data}).validate()  # type: ignore[operator]
    other = {**typed, "email": "maya@gmial.com", "asked": asked.asked.data}
    assert not posted(form, other).validate()  # type: ignore[operator]


@pytest.mark.parametrize("form", [forms.SignupForm, forms.EmailForm])
def test_a_slip_is_hinted_at_while_it_is_typed(posted: object, form: type[forms.Form]) -> None:
    field = posted(form, {"email": "maya@gmail.con"}).check("email")  # type: ignore[operator]
    assert field.errors == ["Did you mean maya@gmail.com?"]


@given(
    st.dictionaries(
        st.from_regex(r"(data_|aria_|aria-|hx-)?[a-z]+_?", fullmatch=True),
        st.one_of(st.booleans(), st.text(), st.integers(), st.just(Markup("&lt;"))),
    )
)
def test_CS6_attributes_are_written_as_wtforms_writes_them(given: dict[str, Any]) -> None:
    assert base.attributes(**given) == html_params(**given)


def test_a_title_is_the_label_of_a_field_but_not_of_a_box(app: Flask) -> None:
    with app.test_request_context():
        nickname, login = forms.NicknameForm(), forms.LoginForm()
        assert nickname.titled_by("Nickname") is nickname.nickname
        assert nickname.titled_by("Tile") is None
        assert login.titled_by(login.key.label.text) is login.key
        assert login.titled_by(login.keep.label.text) is None
