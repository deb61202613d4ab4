"""${message}"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
% if 'server_default=' in (upgrades or ''):
    # Rows that exist get what `server_default` says, as do those that the old version still adds.
% endif
% if 'nullable=False)' in (upgrades or '') and 'alter_column' in upgrades:
    # A row with NULL stops this: say above it what belongs there, as in
    # op.execute("UPDATE club SET city = '' WHERE city IS NULL")
% endif
% if 'drop_column' in (upgrades or '') and 'add_column' in upgrades:
    # Is it the same column with a new name? Then this keeps what is in it:
    # batch_op.alter_column('old_name', new_column_name='new_name')
% endif
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
