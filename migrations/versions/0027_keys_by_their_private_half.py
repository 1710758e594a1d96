"""Keys are held by their private half: a modulus with another exponent, or a mirrored point, is the same key."""

from walmu_api.foundation.migrating import run_script

revision = "0027"
down_revision = "0026"

# The name that `key_strength.secret_name` gives, of the number without leading zeros. Of two systems with one key the first
# is its holder; both go on with it.
KEYS_SO_FAR = """
delete from held_keys;
insert into held_keys (organiser_id, system_id, thumbprint)
select organiser_id, system_id, rtrim(translate(encode(sha256(convert_to(kind, 'UTF8') || ltrim(decode(
    translate(number, '-_', '+/') || repeat('=', (4 - length(number) % 4) % 4), 'base64'), '\\x00'::bytea)), 'base64'), '+/', '-_'), '=')
from (
    select k.organiser_id, k.system_id,
        case key ->> 'kty' when 'RSA' then 'RSA' else key ->> 'crv' end as kind,
        case key ->> 'kty' when 'RSA' then key ->> 'n' else key ->> 'x' end as number
    from system_keys k, jsonb_array_elements(k.jwks -> 'keys') key) named
where length(number) % 4 <> 1
order by system_id
on conflict do nothing;
comment on column held_keys.thumbprint is
    'The name of the private half: SHA-256 of the kind and the modulus, or of the curve and x.';
"""


def upgrade() -> None:
    run_script(KEYS_SO_FAR)
