"""How Alembic reaches the site's database: through the app that Flask-Migrate has made."""

from alembic import context
from flask import current_app


def render(kind: str, thing: object, _context: object) -> str | bool:
    """Write a `Moment` of the models as what it is in the database."""
    is_moment = kind == "type" and type(thing).__name__ == "Moment"
    return "sa.DateTime(timezone=True)" if is_moment else False


database = current_app.extensions["migrate"].db


def run() -> None:
    """Bring the schema to the revision asked for, in one transaction."""
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=render,
            transactional_ddl=True,  # SQLite can do it, too: extensions.py begins in earnest
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
