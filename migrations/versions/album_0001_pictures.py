"""pictures"""

import sqlalchemy as sa
from alembic import op


revision = 'album_0001'
down_revision = None
branch_labels = ('album',)
depends_on = None


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table('photo'):
        return  # the first migration of the core made it once
    op.create_table('photo',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('caption', sa.String(length=200), nullable=False),
    sa.Column('alt', sa.String(length=200), nullable=False),
    sa.Column('file', sa.String(length=80), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('is_on_air', sa.Boolean(), nullable=False),
    sa.Column('is_on_home', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_photo')),
    sa.UniqueConstraint('file', name=op.f('uq_photo_file'))
    )
    with op.batch_alter_table('photo', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_photo_sequence'), ['sequence'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('photo', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_photo_sequence'))

    op.drop_table('photo')
