"""A place held for the migration of the logins and policies of the database: it takes this number, and this file goes."""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Nothing."""
