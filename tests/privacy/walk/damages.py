"""Damages on purpose: each is put into a copy of the product, and the walk has to notice it.

`python -m tests.privacy.walk.damages` tries all of them, one after another, each up to the first step at which something is
wrong; with words behind it, those that have one of the words in their names. It ends with how many were noticed, and fails
when one was not. Where another net holds as well (a policy of the database, a mark on a type), a damage shows nothing and
is none of these. `test_every_damage_has_its_place` keeps the list in step with the code."""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.answers import OF_A_DAMAGE

ROOT = Path(__file__).parents[3]
COPIED = ("src", "tests", "migrations", "openapi", "pyproject.toml", "docs")
WALKS = "tests/privacy/test_states_walked.py"
AGREEMENT, PERMITTED, PROTECTED, MOVED = (
    "test_an_agreement_from_its_draft_to_the_end_of_all_access",
    "test_permissions_given_narrowed_and_ended",
    "test_turvakielto_on_withheld_and_off",
    "test_moved_to_another_workplace_and_back",
)


@dataclass(frozen=True)
class Damage:
    name: str
    file: str
    old: str
    new: str
    walk: str = AGREEMENT
    """The walk that has to notice it."""

    @property
    def path(self) -> Path:
        return ROOT / "src/walmu_api" / self.file

    def has_its_place(self) -> bool:
        return self.path.read_text(encoding="utf-8").count(self.old) == 1

    def put_into(self, copy: Path) -> None:
        path = copy / "src/walmu_api" / self.file
        path.write_text(self.path.read_text(encoding="utf-8").replace(self.old, self.new), encoding="utf-8")


VISIBILITY = "access/visibility.py"
AUDIENCES = "access/audiences.py"
ANNEX = "record/case_file/workplace_agreements/rules.py"
ANNEXES = "record/case_file/workplace_agreements/service.py"
AGREEMENTS = "record/commitments/agreements/service.py"
PERMISSIONS = "record/case_file/permissions"
NOTICES = "record/case_file/notices"
FEED = "exchange/changes/service.py"
DAYS = "record/everyday/attendance"
CLIENTS = "record/parties/clients/schemas.py"

DAMAGES = (
    # States of an agreement
    Damage(
        "a draft is shown before it is offered",
        AGREEMENTS,
        'status in {"signed", "terminated"} or offered_on is not None or was_shown',
        "True",
    ),
    Damage(
        "the annex of a void agreement is read",
        VISIBILITY,
        "\n    and {{row}}.status <> 'voided' and {_LAST_DAY} >= {_TODAY})",
        "\n    and {_LAST_DAY} >= {_TODAY})",
    ),
    Damage(
        "the annex is read a day too long",
        VISIBILITY,
        "<> 'voided' and {_LAST_DAY} >= {_TODAY})",
        "<> 'voided' and {_LAST_DAY} + 1 >= {_TODAY})",
    ),
    Damage(
        "the end of the relationship does not end the annex",
        VISIBILITY,
        """least({row}.ends_on, (select r.ends_on from service_relationships r
    where r.organiser_id = {row}.organiser_id and r.id = {row}.service_relationship_id))""",
        "{row}.ends_on",
        walk=PROTECTED,
    ),
    Damage(
        "days are read on the sixty-first day",
        VISIBILITY,
        "and {{row}}.starts_on <= {_TODAY} and {_LAST_DAY} + {GRACE_DAYS} >= {_TODAY})",
        "and {{row}}.starts_on <= {_TODAY} and {_LAST_DAY} + {GRACE_DAYS} + 1 >= {_TODAY})",
    ),
    Damage(
        "a provider reads on the sixty-first day", VISIBILITY, "GRACE_DAYS = 60", "GRACE_DAYS = 61", PROTECTED
    ),
    # Moves, versions
    Damage(
        "the next place reads signatures of the one before",
        ANNEX,
        'return agreement if given_at == here else agreement | {"signatures": []}',
        "return agreement",
        walk=MOVED,
    ),
    Damage(
        "a version is found by its place among those that are visible",
        "exchange/versions/service.py",
        'found = {row["version"] - 1: row["replaced"] for row in rows[1:]}',
        'found = {rows[at - 1]["version"]: row["replaced"] for at, row in enumerate(rows) if at}',
        walk=MOVED,
    ),
    Damage(
        "versions before the offer are read",
        ANNEX,
        'return agreement["status"] != "draft" or "offered_on" in agreement',
        "return True",
        walk=MOVED,
    ),
    Damage(
        "the next place reads the days of the one before",
        AGREEMENTS,
        'at_place_since = today if moves and status != "draft" else row.at_place_since',
        "at_place_since = row.at_place_since",
        walk=MOVED,
    ),
    Damage(
        "a draft that moves stays offered",
        AGREEMENTS,
        'offered_on = None if moves and status == "draft" else',
        "offered_on =",
        walk=MOVED,
    ),
    Damage(
        "a void agreement keeps the feed open",
        VISIBILITY,
        "case when {{row}}.status = 'voided'",
        "case when false",
    ),
    # Members of the annex
    Damage(
        "goals are told as tasks",
        ANNEX,
        "    for name in _PARTS.keys() & agreement.keys():",
        '    shown["tasks"] = agreement.get("tasks_and_goals", "-")\n    for name in _PARTS.keys() & agreement.keys():',
    ),
    Damage(
        "what was agreed on the insurance is told",
        ANNEX,
        "    for name in _PARTS.keys() & agreement.keys():",
        '    shown["tasks"] = agreement.get("insurance", {}).get("note", "-")\n'
        "    for name in _PARTS.keys() & agreement.keys():",
    ),
    Damage(
        "the name needs neither signature nor permission",
        ANNEXES,
        "named = [row for row in rows if row.id in signed or row.id in permitted]",
        "named, signed = rows, {row.id for row in rows}",
        walk=PERMITTED,
    ),
    # Permissions
    Damage(
        "a permission holds after its last day",
        f"{PERMISSIONS}/rules.py",
        "and self.given_on <= today <= self.valid_until",
        "and self.given_on <= today",
        walk=PERMITTED,
    ),
    Damage(
        "a revoked permission holds",
        f"{PERMISSIONS}/rules.py",
        'self.status == "final" and not self.is_revoked and',
        'self.status == "final" and',
        walk=PERMITTED,
    ),
    Damage(
        "a void permission holds",
        f"{PERMISSIONS}/rules.py",
        'self.status == "final" and not self.is_revoked and',
        "not self.is_revoked and",
        walk=PERMITTED,
    ),
    Damage(
        "any instructor reads the items",
        ANNEXES,
        "and (not is_workplace or rules.is_named(item.instructors, person))",
        "",
        walk=PERMITTED,
    ),
    Damage(
        "a notice shows what the permission named when it was given",
        f"{NOTICES}/rules.py",
        'if group in permitted and not (group == "client_contact" and is_protected)',
        'if not (group == "client_contact" and is_protected)',
        walk=PERMITTED,
    ),
    Damage(
        "a notice is delivered though the permission ended",
        f"{NOTICES}/service.py",
        "if ended or not view.shown:",
        "if not view.shown:",
        walk=PERMITTED,
    ),
    # Turvakielto
    Damage(
        "the municipality is told under turvakielto",
        "record/parties/clients/parts.py",
        "    municipality: Annotated[Line | None, WHEREABOUTS]",
        "    municipality: Annotated[Line | None, Field()]",
        walk=PROTECTED,
    ),
    Damage(
        "the contact address is told though it is withheld",
        CLIENTS,
        'frozenset({"contacts_withheld", "secret_contacts", "died_on"})',
        'frozenset({"secret_contacts", "died_on"})',
        walk=PROTECTED,
    ),
    Damage(
        "a former name is read on in what the client signed",
        "record/commitments/agreements/parts.py",
        "    name: Annotated[Line | None, _FORMER] = Field(",
        "    name: Line | None = Field(",
        walk=PROTECTED,
    ),
    Damage(
        "the feed forgets who is protected", FEED, "ctx.session.clients_seen if asks else ()", "()", PROTECTED
    ),
    Damage(
        "answers forget who is protected",
        AUDIENCES,
        "ctx.session.clients_seen if withholds(model) else ()",
        "()",
        walk=PROTECTED,
    ),
    # Views, by every way
    Damage(
        "a workplace reads a day as the provider does",
        f"{DAYS}/definition.py",
        '    views={"workplace": workplace_view.day},\n',
        "",
    ),
    Damage(
        "a file of days has the provider's reason and key",
        f"{DAYS}/workplace_view.py",
        "return values | dict.fromkeys(left_out)",
        "return values",
    ),
    Damage(
        "a workplace reads others' words of a justification",
        f"{DAYS}/workplace_view.py",
        'if content["entered_by"] != str(caller.organisation_id):',
        "if False:",
    ),
    Damage(
        "a workplace reads why a justification was rejected",
        f"{DAYS}/workplace_view.py",
        'left_out = {"review"}',
        "left_out = set[str]()",
    ),
    Damage(
        "a workplace reads what the provider made of its diary entry",
        "record/everyday/work_diary/workplace_view.py",
        "return rules.as_reported(without_acts_of_others(content, caller))",
        "return without_acts_of_others(content, caller)",
    ),
    Damage(
        "a workplace reads why a day was voided",
        AUDIENCES,
        'if name not in {"void_reason", "status_reason"}',
        "if name",
    ),
    Damage(
        "a workplace reads who acted at the provider",
        AUDIENCES,
        'return caller.system.role != "workplace" or caller.organisation_id == organisation_id',
        "return True",
    ),
    Damage(
        "the feed tells a workplace of drafts", FEED, "\n      and journal.version >= g.shown_version))", "))"
    ),
    Damage("the feed names the keys of the provider's system", FEED, "null::text as source_id", "source_id"),
    Damage(
        "the feed applies no view",
        FEED,
        "key: audiences.record_shown(ctx, models[key[0]], body, readers)",
        "key: body",
    ),
    Damage(
        "a kept answer is given again as it was",
        "access/guard.py",
        "                    claimed = await audiences.shown_again(ctx, self.shows, claimed)\n",
        "",
        walk=PROTECTED,
    ),
    Damage(
        "a kept answer is given again when access has ended",
        AUDIENCES,
        "if ctx.tenant_scope is not None and not await SEES[model](ctx, from_json(bytes(response.body))):",
        "if False:",
    ),
    Damage(
        "an answer goes out as it is",
        AUDIENCES,
        "if not _narrows(ctx, model) or not responses.holds_json(response):",
        "if True:",
    ),
)


def main(asked: list[str]) -> int:
    chosen = [each for each in DAMAGES if not asked or any(word in each.name for word in asked)]
    unnoticed = [damage.name for damage in chosen if not _is_noticed(damage)]
    sys.stdout.write(f"{len(chosen) - len(unnoticed)} of {len(chosen)} damages noticed\n")
    return 1 if unnoticed else 0


def _is_noticed(damage: Damage) -> bool:
    """Whether the walk fails on it because of what somebody reads, and not for another reason."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            whole = ROOT / name
            (shutil.copytree if whole.is_dir() else shutil.copy)(whole, copy / name)
        damage.put_into(copy)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "0",
            "-x",
            "-p",
            "no:cacheprovider",
            "--show-capture=no",
            f"{WALKS}::{damage.walk}",
        ]
        environment = os.environ | OF_A_DAMAGE | {"PYTHONPATH": str(copy / "src")}
        ran = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    lines = [line.lstrip("E ") for line in ran.stdout.splitlines()]
    wrong = lines[lines.index("it is wrong that") + 1] if "it is wrong that" in lines else ""
    outcome = f"noticed: {wrong}" if wrong else "NOT NOTICED" if ran.returncode == 0 else "FAILED OTHERWISE"
    sys.stdout.write(f"{damage.name}\n    {outcome}\n")
    sys.stdout.flush()
    if outcome == "FAILED OTHERWISE":
        sys.stdout.write(ran.stdout[-3000:])
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
