"""hits: what limits have counted"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('hit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member', sa.String(length=16), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hit'))
    )
    with op.batch_alter_table('hit', schema=None) as batch_op:
        batch_op.create_index('ix_hit_key_at', ['key', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_hit_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_hit_member'), ['member'], unique=False)


def downgrade() -> None:
    op.drop_table('hit')
