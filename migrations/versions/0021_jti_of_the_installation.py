"""A proof of a key, or a client assertion, is good once in the installation, not once at each organiser."""

from walmu_api.foundation.migrating import run_script

revision = "0021"
down_revision = "0020"

# The rows stay their tenant's: what a session may not see collides all the same.
ONCE = """
delete from used_jti a using used_jti b
    where a.client_id = b.client_id and a.jti = b.jti
        and (a.expires_at, a.organiser_id) < (b.expires_at, b.organiser_id);
alter table used_jti add constraint used_jti_once unique (client_id, jti);
comment on table used_jti is 'What was signed to show a key is good once, at whatever organiser; written when the tenant is known.';
"""


def upgrade() -> None:
    run_script(ONCE)
