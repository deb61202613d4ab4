"""growth: indices by which what waits, expired or was idle is found among many rows"""

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    waits = sa.text("state = 'waiting'")
    queue = ['urgency', 'id', 'due_at', 'created_at']
    op.create_index('ix_outbox_item_waiting', 'outbox_item', queue, sqlite_where=waits, postgresql_where=waits)
    dead = sa.text("state = 'dead'")
    op.create_index('ix_outbox_item_dead', 'outbox_item', ['expires_at'], sqlite_where=dead, postgresql_where=dead)
    op.create_index(op.f('ix_outbox_item_created_at'), 'outbox_item', ['created_at'])
    op.drop_index(op.f('ix_outbox_item_due_at'), table_name='outbox_item')
    new = sa.text('confirmed_at IS NULL AND closed_at IS NULL')
    op.create_index('ix_users_unconfirmed', 'users', ['created_at'], sqlite_where=new, postgresql_where=new)
    op.drop_index(op.f('ix_users_created_at'), table_name='users')
    closed = sa.text('closed_at IS NOT NULL')
    op.create_index('ix_users_closed', 'users', ['closed_at'], sqlite_where=closed, postgresql_where=closed)
    op.drop_index(op.f('ix_users_closed_at'), table_name='users')
    op.create_index('ix_session_keep_seen_at', 'session', ['keep', 'seen_at'])
    op.create_index(op.f('ix_session_created_at'), 'session', ['created_at'])


def downgrade() -> None:
    op.drop_index(op.f('ix_session_created_at'), table_name='session')
    op.drop_index('ix_session_keep_seen_at', table_name='session')
    op.create_index(op.f('ix_users_closed_at'), 'users', ['closed_at'])
    op.drop_index('ix_users_closed', table_name='users')
    op.create_index(op.f('ix_users_created_at'), 'users', ['created_at'])
    op.drop_index('ix_users_unconfirmed', table_name='users')
    op.create_index(op.f('ix_outbox_item_due_at'), 'outbox_item', ['due_at'])
    op.drop_index(op.f('ix_outbox_item_created_at'), table_name='outbox_item')
    op.drop_index('ix_outbox_item_dead', table_name='outbox_item')
    op.drop_index('ix_outbox_item_waiting', table_name='outbox_item')
