"""Measurements are national documents too (19015): each has its number, and keeps the document that it came as."""

from walmu_api.foundation.migrating import run_script

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run_script("""
alter table measurements add document_number bigint not null default nextval('document_numbers'),
    add content jsonb not null default '{}', add received jsonb,
    add constraint measurements_number unique (organiser_id, document_number);
""")
