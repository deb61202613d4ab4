"""account care: sessions with their network, events, undo of a deletion"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('browser', sa.String(length=60), nullable=False),
    sa.Column('network', sa.String(length=45), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_event_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event'))
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_event_user_id'), ['user_id'], unique=False)

    op.add_column('session', sa.Column('network', sa.String(length=45), server_default='', nullable=False))
    with op.batch_alter_table('session', schema=None) as batch_op:
        batch_op.alter_column('network', server_default=None)

    op.add_column('token', sa.Column('key_set_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('token', sa.Column('sealed', sa.LargeBinary(), nullable=True))
    op.add_column('users', sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f('ix_users_closed_at'), 'users', ['closed_at'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_users_closed_at'), table_name='users')
    op.drop_column('users', 'closed_at')
    op.drop_column('token', 'sealed')
    op.drop_column('token', 'key_set_at')
    op.drop_column('session', 'network')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_user_id'))
        batch_op.drop_index(batch_op.f('ix_event_created_at'))

    op.drop_table('event')
