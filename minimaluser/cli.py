"""Commands: `flask user …`, `outbox …`, `jobs`, `purge`, `work`, `access`, `doctor`."""

from __future__ import annotations

from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from minimaluser import accounts, outbox, parts, readiness, schema
from minimaluser.lib import environment, masking, starter
from minimaluser.security import access
from minimaluser.settings import ROOT, Settings, settings

STATES = ("unconfirmed", "confirmed", "disabled")

users = AppGroup("user", help="Create, confirm, disable and list users.")
outbox_items = AppGroup("outbox", help="See what waits or died, and send it again.")


def register(app: Flask) -> None:
    """Add the commands to the app's command line."""
    app.cli.add_command(users)
    app.cli.add_command(outbox_items)
    app.cli.add_command(Migrations("db", help="Perform database migrations."))
    for command in (purge, doctor, work, show_access, jobs):
        app.cli.add_command(command)


class Migrations(click.Command):
    """`flask db`: the commands of Flask-Migrate, loaded when somebody wants one."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        from minimaluser import migrations

        made: click.Context = migrations.commands.make_context(*args, **more)
        return made


@click.command()
def purge() -> None:
    """Remove what is past its time: unconfirmed accounts, tokens, codes, sessions, old mail."""
    for name, count in accounts.purge().items():
        click.echo(f"{name}: {count}")


@click.command("access")
@click.option("--nginx", is_flag=True, help="Print what lets nginx take the larger bodies.")
def show_access(nginx: bool) -> None:
    """Show every address, who may use it and what else its view declares."""
    if nginx:
        lines = {each.location for each in access.addresses(current_app)} - {""}
        click.echo("\n".join(["# made by flask access --nginx", *sorted(lines)]))
        return
    for each in sorted(access.addresses(current_app), key=lambda each: each.rule.rule):
        told = [name for name in ("indexed", "secret", "choice") if getattr(each.access, name)]
        told += [f"only {each.access.only.__name__}"] if each.access.only else []
        told += ["key entered again"] if each.access.recent_key else []
        told += [event for event in (each.access.done, each.access.refused) if event]
        methods = ", ".join(sorted(each.methods))
        click.echo(f"{methods:<5}{each.pattern:<32}{each.access.who:<11}{', '.join(told)}".rstrip())


@click.command()
def doctor() -> None:
    """Say what is configured and what is missing."""
    for each in environment.table(Settings):
        value = getattr(settings, each.name.lower())
        click.echo(f"{each.name + ':':<24}{masking.told(each, value)}")
    for said in () if settings.in_production else starter.told(ROOT / "pyproject.toml"):
        click.echo(f"{'starter:':<24}{said}")
    found = readiness.look()
    for name, good in found.items():
        click.echo(f"{name + ':':<24}{'ready' if good else 'NOT READY'}")
    for advice in schema.advice() if found["database"] else ():
        click.echo(f"\n{advice}")
    if lacking := [readiness.MENDS[name] for name, good in found.items() if not good]:
        raise click.ClickException(" ".join(lacking))


@users.command("create")
@click.argument("email")
@click.option("--state", type=click.Choice(STATES), default="confirmed", show_default=True)
@click.option("--key", help="The access key; one is made and printed when not given.")
def create_user(email: str, state: str, key: str | None) -> None:
    """Create a user in a state, without any mail."""
    try:
        nickname, key = accounts.create_user(email, state, key)
    except accounts.Refused as refusal:
        raise click.ClickException(refusal.message) from None
    click.echo(f"email:      {email}\nnickname:   {nickname}\naccess key: {key}")


@users.command("confirm")
@click.argument("email")
def confirm_user(email: str) -> None:
    """Confirm a user's address."""
    _say(accounts.set_state(email, "confirmed"), email, "is confirmed")


@users.command("disable")
@click.argument("email")
def disable_user(email: str) -> None:
    """Keep a user out from the next request on."""
    _say(accounts.set_state(email, "disabled"), email, "is disabled")


@users.command("list")
def list_users() -> None:
    """List the users: state, address, nickname."""
    for state, email, nickname in accounts.list_users():
        click.echo(f"{state:<12}{email:<40}{nickname}")


@click.command()
def work() -> None:
    """Do everything that is due in the outbox, once."""
    while outbox.work():
        pass


@outbox_items.command("list")
def list_outbox() -> None:
    """List what is not done, the oldest first: number, state, kind, tries, problem."""
    for row in outbox.unfinished():
        click.echo(f"{row.id:<7}{row.state:<9}{row.kind:<12}{row.tries:<4}{row.problem}")


@outbox_items.command("retry")
@click.argument("number", type=int)
def retry(number: int) -> None:
    """Try a dead letter again, unless it has expired."""
    if not outbox.retry(number):
        raise click.ClickException(f"{number} is not a dead letter, or it is too late for it.")
    click.echo(f"{number} waits again.")


@click.group("jobs", cls=AppGroup, invoke_without_command=True)
@click.pass_context
@with_appcontext
def jobs(context: click.Context) -> None:
    """List the jobs of the worker: name, when, what. `jobs run NAME` runs one now."""
    if context.invoked_subcommand is None:
        for job in parts.jobs().values():
            click.echo(f"{job.name:<24}{job.when:<12}{job.about}".rstrip())


@jobs.command("run")
@click.argument("name")
def run_job(name: str) -> None:
    """Run a job now; it runs at its next time all the same."""
    found = parts.jobs().get(name)
    if found is None:
        raise click.ClickException(f"There is no job {name}; `flask jobs` lists them.")
    found()
    click.echo(f"{name} is done.")


def _say(done: bool, email: str, what: str) -> None:
    if not done:
        raise click.ClickException(f"Nobody has the address {email}.")
    click.echo(f"{email} {what}.")
