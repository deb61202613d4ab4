"""proofs: what ends when the address is proved, what a move left behind, classes of mail"""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('users', sa.Column('key_off_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('users', sa.Column('generation', sa.Integer(), server_default='0', nullable=False))
    op.add_column('token', sa.Column('before', sa.LargeBinary(), nullable=True))
    op.add_column('outbox_item', sa.Column('mail_class', sa.String(length=10), server_default='', nullable=False))
    op.add_column('outbox_item', sa.Column('urgency', sa.Integer(), server_default='50', nullable=False))
    if op.get_bind().dialect.name == 'sqlite':  # elsewhere an id is never given twice anyway
        never_twice = {'sqlite_autoincrement': True}
        with op.batch_alter_table('session', recreate='always', table_kwargs=never_twice):
            pass


def downgrade() -> None:
    op.drop_column('outbox_item', 'urgency')
    op.drop_column('outbox_item', 'mail_class')
    op.drop_column('token', 'before')
    op.drop_column('users', 'generation')
    op.drop_column('users', 'key_off_at')
