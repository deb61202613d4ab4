"""mail stops: mail that somebody wants no more of"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mail_stop',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_mail_stop_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_stop')),
    sa.UniqueConstraint('user_id', 'name', name=op.f('uq_mail_stop_user_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('mail_stop', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mail_stop_user_id'), ['user_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('mail_stop', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mail_stop_user_id'))

    op.drop_table('mail_stop')
