"""Damages on purpose to what narrows answers: the field test must notice each.

`python -m tests.privacy.every_field.damages` copies the repository for each, changes the copy, runs the test that should notice,
and tells what came of it (about a minute for each; `… damages 3 7` only the third and the seventh)."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = "src/walmu_api"
PLACES, PROVIDERS = "everybody_reads and places", "everybody_reads and providers"
PROTECTED = "protected_client and providers"
ENDED = "ends_with_them"
"""The tests, as `-k` takes them."""


class Damage(NamedTuple):
    title: str
    test: str
    file: str
    old: str
    new: str


CLIENTS, DAYS = "record/parties/clients/schemas.py", "record/everyday/attendance/workplace_view.py"
AUDIENCES, ANNEX = "access/audiences.py", "record/case_file/workplace_agreements"
DAMAGES = (
    # the annex
    Damage(
        "the annex shows how the insurance is arranged beyond who takes it, in words under the meal",
        PLACES,
        f"{ANNEX}/rules.py",
        '    return shown\n',
        '    if "insurance" in agreement and "meal" in shown:\n'
        '        shown["meal"] = shown["meal"] | {"note": agreement["insurance"].get("note", "-")}\n'
        "    return shown\n",
    ),
    Damage(
        "the tasks at the place come with the goals",
        PLACES,
        f"{ANNEX}/rules.py",
        "    return shown\n",
        '    shown["tasks"] = agreement.get("tasks_and_goals")\n    return shown\n',
    ),
    Damage(
        "an annex forgets how absences are reported",
        PLACES,
        f"{ANNEX}/rules.py",
        '    *("absence_reporting", "meal", "signatures"),\n',
        '    *("meal", "signatures"),\n',
    ),
    Damage(
        "the annex has the e-mail of the coach",
        PLACES,
        f"{ANNEX}/rules.py",
        '"coach": ("family_name", "given_names", "phone")',
        '"coach": ("family_name", "given_names", "phone", "email")',
    ),
    Damage(
        "a version of an annex is shown as it is stored, drafts included",
        PLACES,
        f"{ANNEX}/rules.py",
        '    return agreement["status"] != "draft" or "offered_on" in agreement\n',
        "    return True\n",
    ),
    Damage(
        "the name goes over without a permission",
        ENDED,
        f"{ANNEX}/service.py",
        "    named = [row for row in rows if row.id in signed or (row.client_id, row.workplace_id) in permitted]\n",
        "    named = rows\n    signed |= {row.id for row in rows}\n",
    ),
    Damage(
        "whoever acts at the workplace is taken for a named instructor",
        PLACES,
        f"{ANNEX}/rules.py",
        "    return any(\n        each.person_id",
        "    return any(\n        True or each.person_id",
    ),
    Damage(
        "an assessment is prepared from an agreement that is over",
        ENDED,
        "record/everyday/assessments/prefill.py",
        "    find = workplace_agreements.find if by_workplace else agreements.find\n",
        "    find = agreements.find\n",
    ),
    Damage(
        "a prepared assessment has the tasks with the goals",
        PLACES,
        "record/everyday/assessments/prefill.py",
        '    return agreement.content.get("tasks") if by_workplace else agreement.tasks_and_goals\n',
        "    return agreement.tasks_and_goals\n",
    ),
    # days, justifications, diary, assessments of a workplace
    Damage(
        "a workplace reads whatever reason a day has",
        PLACES,
        DAYS,
        '    return NEVER if reason_by == caller.organisation_id else NEVER | {"absence_reason"}\n',
        "    return NEVER\n",
    ),
    Damage("a workplace reads when the provider noted a day", PLACES, DAYS, 'NEVER = frozenset({"noted_at", "source_id"})', 'NEVER = frozenset({"source_id"})'),
    Damage("files forget the view of days", PLACES, DAYS, "    return values | dict.fromkeys(left_out)\n", "    return values\n"),
    Damage("a workplace reads why a justification was rejected", PLACES, DAYS, '    left_out = {"review"}\n', "    left_out = set[str]()\n"),
    Damage(
        "a workplace reads the provider's explanation of an absence",
        PLACES,
        DAYS,
        '"given_on", "explanation", "certificate", "source_id"}\n',
        '"given_on", "certificate", "source_id"}\n',
    ),
    Damage(
        "a workplace reads what the provider made of its diary entry",
        PLACES,
        "record/everyday/work_diary/workplace_view.py",
        "    return rules.as_reported(without_acts_of_others(content, caller))\n",
        "    return without_acts_of_others(content, caller)\n",
    ),
    Damage(
        "a workplace reads who confirmed its assessment",
        PLACES,
        "record/everyday/assessments/workplace_view.py",
        '"structure", "confirmation", "reported", "document_texts"}\n',
        '"structure", "reported", "document_texts"}\n',
    ),
    Damage(
        "a workplace reads who acted at the provider",
        PLACES,
        AUDIENCES,
        '    recorder = {name: value for name, value in recorder.items() if name != "person"}\n',
        "",
    ),
    # ways
    Damage(
        "the feed forgets every view and what is withheld",
        PROTECTED,
        "exchange/changes/service.py",
        "    return {key: audiences.record_shown(ctx, models[key[0]], body, readers) for key, body in found.items()}\n",
        "    return found\n",
    ),
    Damage(
        "the feed tells a workplace the provider's keys",
        PLACES,
        "exchange/changes/service.py",
        "        null::text as source_id\n",
        "        source_id\n",
    ),
    Damage(
        "kept answers are given as they were kept",
        PROTECTED,
        "access/guard.py",
        "                    claimed = await audiences.shown_again(ctx, self._shows, claimed)\n",
        "",
    ),
    Damage(
        "answers are withheld from only where a record stands alone",
        PROTECTED,
        AUDIENCES,
        "    readers = await readers_of(ctx, ctx.session.clients_seen if withholds(model) else ())\n",
        "    alone = len(ctx.session.clients_seen) == 1 and b'\"items\"' not in bytes(response.body)[:20]\n"
        "    readers = await readers_of(ctx, ctx.session.clients_seen if withholds(model) and alone else ())\n",
    ),
    Damage(
        "documents are written from the whole record",
        PROTECTED,
        "adapters/national/exporting/export_document.py",
        "    ours = from_json(audiences.record_shown(ctx, resource.definition.model, body, readers))\n",
        "    ours = from_json(body)\n",
    ),
    Damage(
        "a national document that was sent is given whole",
        PROTECTED,
        "record/case_file/documents/withholding.py",
        "    if hidden or (protected and under in {CLIENT, *RELATED}):\n",
        "    if hidden:\n",
    ),
    Damage(
        "versions of a decision hold its drafts",
        PROVIDERS,
        "exchange/versions/service.py",
        "            ctx.tenant_scope is None or not definition.organisers_own(from_json(body[0]))\n",
        "            True\n",
    ),
    # marks on types
    Damage("the e-mail of a client is no whereabouts", PROTECTED, CLIENTS, "    email: Annotated[Texts | None, WHEREABOUTS] = None\n    street", "    email: Texts | None = None\n    street"),
    Damage("the place of stay of a client is no whereabouts", PROTECTED, CLIENTS, "    temporary_address: Annotated[TemporaryAddress | None, WHEREABOUTS] = None\n", "    temporary_address: TemporaryAddress | None = None\n"),
    Damage("how documents reach a client is no whereabouts", PROTECTED, CLIENTS, "    document_delivery: Annotated[Texts | None, WHEREABOUTS]", "    document_delivery: Annotated[Texts | None, Field()]"),
    Damage("the phone of a guardian is no whereabouts", PROTECTED, CLIENTS, "    phone: Annotated[Texts | None, WHEREABOUTS] = None\n    email: Annotated[Texts | None, WHEREABOUTS] = None\n    family_name", "    phone: Texts | None = None\n    email: Annotated[Texts | None, WHEREABOUTS] = None\n    family_name"),
    Damage("the identity code of a related person is everybody's", PROVIDERS, CLIENTS, "    personal_identity_code: Annotated[Identifier | None, ORGANISER_ONLY]", "    personal_identity_code: Annotated[Identifier | None, Field()]"),
    Damage("the relationship of child welfare is everybody's", PROVIDERS, CLIENTS, "    child_welfare: Annotated[DayPeriod | None, ORGANISER_ONLY]", "    child_welfare: Annotated[DayPeriod | None, Field()]"),
    Damage("the e-mail is given as the phone is", PROTECTED, CLIENTS, '            frozenset({"phone", "contact_address"})', '            frozenset({"phone", "email", "contact_address"})'),
    Damage("contacts are given although the organiser withholds them", PROTECTED, CLIENTS, 'frozenset({"contacts_withheld", "secret_contacts"})', 'frozenset({"secret_contacts"})'),
    Damage("the route of travel is no whereabouts", PROTECTED, "record/commitments/decisions/schemas.py", "    note: Annotated[Line | None, WHEREABOUTS]", "    note: Annotated[Line | None, Field()]"),
    Damage("the address of another party of an agreement is no whereabouts", PROTECTED, "record/commitments/agreements/schemas.py", "    addresses: Annotated[list[Address] | None, Field(min_length=1, max_length=5), WHEREABOUTS] = None\n", "    addresses: Annotated[list[Address] | None, Field(min_length=1, max_length=5)] = None\n"),
    Damage("the address of a companion is no whereabouts", PROTECTED, "record/document_schemas.py", "    address: Annotated[Address | None, WHEREABOUTS] = None\n", "    address: Address | None = None\n"),
    Damage("how the network is reached is no whereabouts", PROTECTED, "record/parties/service_relationships/schemas.py", "    email: Annotated[Line | None, WHEREABOUTS] = None\n", "    email: Line | None = None\n"),
    Damage("where one lives after a shelter is no whereabouts", PROTECTED, "record/everyday/service_events/schemas.py", "        | None,\n        WHEREABOUTS,\n", "        | None,\n        Field(),\n"),
)  # fmt: skip


def main() -> int:
    chosen = [int(number) for number in sys.argv[1:]] or range(1, len(DAMAGES) + 1)
    missed = 0
    for number in chosen:
        damage = DAMAGES[number - 1]
        noticed = _noticed(damage)
        missed += noticed is None
        sys.stdout.write(f"{number:3} {damage.title}: {noticed or 'NOT NOTICED'}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(chosen) - missed} of {len(chosen)} noticed\n")
    return 1 if missed else 0


def _noticed(damage: Damage) -> str | None:
    """The first thing that the test says of the damaged copy; None if it passes."""
    with tempfile.TemporaryDirectory(prefix="walmu-damage-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(
            ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "*cache*", "benchmarks", "docs")
        )
        file = copy / PACKAGE / damage.file
        text = file.read_text()
        if damage.old not in text:
            sys.exit(f"{damage.title}: {damage.file} has changed, say the damage anew")
        file.write_text(text.replace(damage.old, damage.new, 1))
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly", "--show-capture=no", "--tb=line",
             "tests/privacy/test_every_field.py", "-k", damage.test],
            cwd=copy, env=os.environ | {"PYTHONPATH": str(copy / "src")}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if run.returncode == 0:
        return None
    findings = [
        line for line in run.stdout.splitlines() if " reads " in line or " lacks " in line or "Error" in line
    ]
    if run.returncode != 1 or not findings:
        sys.exit(f"{damage.title}: the test did not run\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    return findings[0].strip()


if __name__ == "__main__":
    sys.exit(main())
