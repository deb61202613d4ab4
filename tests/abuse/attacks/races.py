"""Races: the same thing in the same moment, from many browsers."""

from __future__ import annotations

from collections import Counter
from functools import partial

from minimaluser.testing.pages import Page
from minimaluser.testing.patterns import KEY
from minimaluser.testing.people import NEW_KEY
from tests.abuse.attack import Trial, attack
from tests.abuse.visitor import Person, Visitor, at_once

MANY, SOME, MOVES_A_DAY = 50, 20, 2


def no_errors(trial: Trial, answers: list[Page]) -> None:
    """Nobody may get a 5xx (a 503 that says when was asked again)."""
    counts = Counter(answer.status for answer in answers)
    trial.check(max(counts) < 500, f"answers {dict(counts)}")
    trial.tries += len(answers) - 1


@attack("ST1")
def fifty_sign_ups_of_one_address(trial: Trial) -> None:
    """50 browsers sign the same address up in the same moment, half of them in capitals.

    One account: at most one browser is in, all others get the same refusal, at most three mails
    go out, and all links lead to one account.
    """
    site = trial.site
    if not site.is_ours:
        site.crowd(MANY)
    owner = site.stranger("ann")
    runners = [Person(site, owner.email.upper() if n % 2 else owner.email) for n in range(MANY)]
    pages = [runner.open("/signup") for runner in runners]

    def run(runner: Person, page: Page) -> Page:
        return runner.submit(page, page.form("Sign up"), {"Email": runner.email})

    answers = at_once([lambda r=r, p=p: run(r, p) for r, p in zip(runners, pages, strict=True)])
    no_errors(trial, answers)
    inside = [runner for runner in runners if runner.is_logged_in]
    trial.check(len(inside) <= 1, f"{len(inside)} browsers are logged in")
    refused = {answer.main.lower() for answer in answers if answer.status == 422}
    refused = {words.replace(owner.email.lower(), "…") for words in refused}
    trial.check(len(refused) <= 1, f"{len(refused)} different refusals")
    mails = owner.mails()
    trial.check(1 <= len(mails) <= 3, f"{len(mails)} mails")
    confirmed = [site.visitor() for mail in mails if mail.path("/confirm/")]
    for visitor, mail in zip(confirmed, mails, strict=False):
        visitor.press(mail.path("/confirm/"))
    accounts = {visitor.portrait() for visitor in confirmed if visitor.is_logged_in}
    trial.check(len(accounts) == 1, f"{len(accounts)} accounts")


@attack("ST1")
def fifty_clicks_on_sign_up(trial: Trial) -> None:
    """One browser sends the same sign-up 50 times in the same moment.

    One account and one mail; the browser is logged in, and no answer is an error.
    """
    owner = trial.site.stranger("ann")
    page = owner.open("/signup")
    sent = page.form("Sign up").filled({"Email": owner.email})
    copies = [owner.twin() for _ in range(MANY)]
    answers = at_once([lambda c=copy: c.send("/signup", sent) for copy in copies])
    no_errors(trial, answers)
    mails = owner.mails()
    trial.check(1 <= len(mails) <= 3, f"{len(mails)} mails")
    inside = [copy for copy in copies if copy.is_logged_in]
    menus = {copy.open("/").text.partition("user-name")[2][:60] for copy in inside}
    trial.check(len(menus) <= 1, f"{len(menus)} accounts")


@attack("ST1")
def fifty_want_one_nickname(trial: Trial) -> None:
    """50 people take the same nickname in the same moment, half of them in capitals.

    One has it; all others are told that it is taken.
    """
    crowd = trial.site.crowd(MANY)
    wanted = f"Only {trial.site.stranger().email[4:12]}"
    pages = [person.open("/profile/nickname") for person in crowd]

    def run(person: Person, page: Page, name: str) -> Page:
        return person.submit(page, page.form("Save"), {"Nickname": name})

    names = [wanted.upper() if n % 2 else wanted for n in range(MANY)]
    answers = at_once([lambda a=a: run(*a) for a in zip(crowd, pages, names, strict=True)])
    no_errors(trial, answers)
    having = [p for p in crowd if wanted.lower() in p.portrait().lower()]
    trial.check(len(having) == 1, f"{len(having)} people have it")


@attack("EM4")
def many_move_to_one_address(trial: Trial) -> None:
    """Two people, of whom more cannot ask in a day, have asked to move to the same address and
    confirm it in the same moment, each with ten clicks.

    One has it; nobody else has lost anything, and no answer is an error.
    """
    site = trial.site
    crowd = site.crowd(MANY)[:MOVES_A_DAY]
    wanted = site.stranger("one").email
    links = []
    for person in crowd:
        move = partial(person.ask_to_move, wanted)
        mail = person.mail_after("/email/confirm/", move, to=wanted)
        links.append(mail.path("/email/confirm/"))
    pages = [p.open(link) for p, link in zip(crowd, links, strict=True)]
    clicks = [(p.twin(), page) for p, page in zip(crowd, pages, strict=True) for _ in range(10)]
    before = [(person, person.email) for person in crowd]

    def run(visitor: Visitor, page: Page) -> Page:
        form = page.main_form()
        return visitor.submit(page, form) if form else page

    answers = at_once([lambda a=a: run(*a) for a in clicks])
    no_errors(trial, answers)
    worked = [answer for answer in answers if answer.status == 303]
    trial.check(len(worked) == 1, f"{len(worked)} were told that it worked")
    kept = [person.email == email and email in person.portrait() for person, email in before]
    trial.check(kept.count(False) == 1, f"{kept.count(False)} people have another address now")
    site.forget_crowd()


@attack("TK3")
def one_link_pressed_at_once(trial: Trial) -> None:
    """20 browsers press the same link for confirming in the same moment. One of them is in."""
    site = trial.site
    owner = site.stranger("ann")
    link = owner.sign_up()
    visitors = [site.visitor() for _ in range(SOME)]
    pages = [visitor.open(link) for visitor in visitors]
    forms = [page.main_form() for page in pages]
    trial.control(all(forms), "the link shows no form")
    answers = at_once(
        [lambda a=a: a[0].submit(a[1], a[2]) for a in zip(visitors, pages, forms, strict=True)]
    )
    no_errors(trial, answers)
    inside = [visitor for visitor in visitors if visitor.is_logged_in]
    trial.check(len(inside) == 1, f"{len(inside)} browsers are logged in")
    worked = [answer for answer in answers if answer.location.endswith("/profile")]
    trial.check(len(worked) == 1, f"{len(worked)} were told that it worked")


@attack("TK3")
def one_code_entered_at_once(trial: Trial) -> None:
    """The right code is entered 20 times in the same moment, each time with another key.

    One key is set; 19 are told that the code is not good.
    """
    owner = trial.site.confirmed()
    page, code = owner.code()
    form = page.form("Reset access key")
    keys = [f"{NEW_KEY}, number {number}" for number in range(SOME)]
    copies = [owner.twin() for _ in keys]

    def run(number: int) -> Page:
        values = {"New access key": keys[number], "Confirm new access key": keys[number]}
        sent = form.filled({"Code": code, **values})
        return copies[number].send(form.action or page.path, sent)

    answers = at_once([lambda n=number: run(n) for number in range(SOME)])
    no_errors(trial, answers)
    won = [number for number, answer in enumerate(answers) if answer.status == 303]
    trial.check(len(won) == 1, f"{len(won)} times the code worked")
    good = [number for number in won if owner.can_log_in(keys[number])]
    trial.check(len(good) == 1, f"{len(good)} keys are in force")


@attack("ST2")
def a_form_sent_twice_is_done_once(trial: Trial) -> None:
    """Every form of the account is sent twice with the same token, one after the other.

    No error, no second account, no second session, one mail for each change.
    """
    site = trial.site
    owner = site.stranger("ann")
    page = owner.open("/signup")
    form = page.form("Sign up")
    for click in (owner.twin(), owner.twin()):  # the second before the first has an answer
        answer = click.submit(page, form, {"Email": owner.email})
        trial.check(answer.status < 500, f"sign-up twice: {answer.status}")
    mails = [mail for mail in owner.mails() if mail.path("/confirm/")]
    trial.check(len(mails) == 1, f"sign-up twice: {len(mails)} mails")
    owner = site.confirmed()
    for path, values, most in (
        ("/profile/nickname", {"Nickname": f"Twice {owner.email[4:12]}"}, 0),
        ("/profile/key", {"Current access key": owner.key, "New access key": NEW_KEY,
                          "Confirm new access key": NEW_KEY}, 1),
    ):  # fmt: skip
        page, older = owner.open(path), len(owner.mails())
        form = page.form("Save")
        for _ in range(2):
            answer = owner.submit(page, form, values)
            trial.check(answer.status < 500, f"{path} twice: {answer.status}")
        trial.check(owner.is_logged_in, f"{path} twice logged out")
        sent = len(owner.mails()) - older
        trial.check(sent <= most, f"{path} twice: {sent} mails, {most} at most")
    owner.key = NEW_KEY
    new = site.stranger("new").email
    for _ in range(2):
        trial.check(owner.ask_to_move(new).status < 500, "moving twice is an error")
    links = [m.path("/email/confirm/") for m in site.mailbox.to(new)]
    worked = [owner.press(link).status == 303 for link in links if link]
    trial.check(worked.count(True) == 1, f"moving twice: {worked.count(True)} links work")
    page = owner.open("/profile/delete")
    form = page.form("Delete my account")
    values = {"Current access key": owner.key}
    if found := KEY.search(site.mailbox.to(new)[0].text):  # it came with the new address
        values = {"Current access key": found[1]}
    for _ in range(2):
        answer = owner.submit(page, form, {k: v for k, v in values.items() if form.has(k)})
        trial.check(answer.status < 500, f"deleting twice: {answer.status}")
