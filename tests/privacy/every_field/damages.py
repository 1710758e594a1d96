"""Damages on purpose to what narrows answers: the field test must notice each.

`python -m tests.privacy.every_field.damages` copies the repository for each group, changes the copy, runs the test that should notice,
and tells by what each was noticed (about a minute for a group; `… damages 3 7` only the third and the seventh)."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.answers import OF_A_DAMAGE

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = "src/walmu_api"
PLACES, PROVIDERS = "everybody_reads and places", "everybody_reads and providers"
PROTECTED = "protected_client and providers"
ENDED = "ends_with_them"
"""The tests, as `-k` takes them."""


class Damage(NamedTuple):
    title: str
    file: str
    shows: str
    """What the test then says, as a pattern."""
    old: str
    new: str


CLIENTS, DAYS = "record/parties/clients/schemas.py", "record/everyday/attendance/workplace_view.py"
CLIENT_PARTS = "record/parties/clients/parts.py"
AUDIENCES, ANNEX = "access/audiences.py", "record/case_file/workplace_agreements/rules.py"
PREFILL, FEED = "record/everyday/assessments/prefill.py", "exchange/changes/service.py"
GROUPS: tuple[tuple[str, tuple[Damage, ...]], ...] = (
    (PLACES, (
        Damage('the annex shows how the insurance is arranged beyond who takes it, in words under the meal', ANNEX, 'agreement: insurance.note by .*getWorkplaceAgreement',
            '    return shown\n',
            '    if "insurance" in agreement and "meal" in shown:\n        shown["meal"] = shown["meal"] | {"note": agreement["insurance"].get("note", "-")}\n    return shown\n'),
        Damage('the tasks at the place come with the goals', ANNEX, 'agreement: tasks_and_goals by .*getWorkplaceAgreement',
            '    return shown\n',
            '    shown["tasks"] = f"{agreement.get(\'tasks\', 1)} {agreement.get(\'tasks_and_goals\')}"\n    return shown\n'),
        Damage('an annex forgets the work instructions', ANNEX, 'workplace lacks agreement: work_instructions',
            '"tasks", "work_instructions", "instructors"',
            '"tasks", "instructors"'),
        Damage('the annex has the e-mail of the coach', ANNEX, 'agreement: coach.email',
            '"coach": ("family_name", "given_names", "phone")',
            '"coach": ("family_name", "given_names", "phone", "email")'),
        Damage('a version of an annex is shown as it is stored, drafts included', ANNEX, 'agreement as drafted: tasks by getWorkplaceAgreementVersion',
            '    return agreement["status"] != "draft" or "offered_on" in agreement\n',
            '    return True\n'),
        Damage('whoever acts at the workplace is taken for a named instructor', ANNEX, 'somebody at the workplace reads permission of safety: safety_and_support.text',
            '    return any(\n        each.person_id',
            '    return any(\n        True or each.person_id'),
        Damage('a prepared assessment has the tasks with the goals', PREFILL, 'tasks_and_goals by .*prefillAssessment',
            '    return agreement.content.get("tasks") if by_workplace else agreement.tasks_and_goals\n',
            '    return agreement.tasks_and_goals\n'),
        Damage('a workplace reads whatever reason a day has', DAYS, 'absence of the provider: absence_reason by .*getAttendance',
            '    return NEVER if reason_by == caller.organisation_id else NEVER | _REASONS\n',
            '    return NEVER\n'),
        Damage('a workplace reads when the provider noted a day', DAYS, 'day of the provider: noted_at',
            'NEVER = frozenset({"noted_at", "source_id"})',
            'NEVER = frozenset({"source_id"})'),
        Damage('a workplace reads why a justification was rejected', DAYS, 'review of the justification: reason',
            '    left_out = {"review"}\n',
            '    left_out = set[str]()\n'),
        Damage("a workplace reads the provider's explanation of an absence", DAYS, 'justification: explanation',
            '"given_on", "explanation", "certificate", "source_id"}\n',
            '"given_on", "certificate", "source_id"}\n'),
        Damage('a workplace reads what the provider made of its diary entry', "record/everyday/work_diary/workplace_view.py", 'correction of the diary: ',
            '    return rules.as_reported(without_acts_of_others(content, caller))\n',
            '    return without_acts_of_others(content, caller)\n'),
        Damage('a workplace reads who confirmed its assessment', "record/everyday/assessments/workplace_view.py", 'confirmation of the assessment: author',
            '"structure", "confirmation", "reported", "document_texts"}\n',
            '"structure", "reported", "document_texts"}\n'),
        Damage('a workplace reads who acted at the provider', AUDIENCES, 'workplace reads acting person of provider A: name',
            '    recorder = {name: value for name, value in recorder.items() if name != "person"}\n',
            ''),
    )),
    (PLACES, (
        Damage('files forget the view of days', DAYS, 'absence of the provider: absence_reason; .* by listAttendance$',
            '    return values | dict.fromkeys(left_out)\n',
            '    return values\n'),
        Damage("the feed tells a workplace the provider's keys", FEED, 'source_id by listChanges$',
            '        null::text as source_id\n',
            '        source_id\n'),
    )),
    (PROVIDERS, (
        Damage("the identity code of a related person is everybody's", CLIENT_PARTS, 'client: related_persons\\[\\].personal_identity_code',
            '    personal_identity_code: Annotated[Identifier | None, ORGANISER_ONLY]',
            '    personal_identity_code: Annotated[Identifier | None, Field()]'),
        Damage("the relationship of child welfare is everybody's", CLIENTS, 'client: child_welfare',
            '    child_welfare: Annotated[DayPeriod | None, ORGANISER_ONLY]',
            '    child_welfare: Annotated[DayPeriod | None, Field()]'),
    )),
    (ENDED, (
        Damage('the name goes over without a permission', "record/case_file/workplace_agreements/service.py", 'client: family_name',
            '    named = [row for row in rows if row.id in signed or row.id in permitted]\n',
            '    named = rows\n    signed |= {row.id for row in rows}\n'),
    )),
    (ENDED, (
        Damage('an assessment is prepared from an agreement that is over', PREFILL, 'agreement ended: tasks by prefillAssessment',
            '    find = workplace_agreements.find if by_workplace else agreements.find\n',
            '    find = agreements.find\n'),
    )),
    (PROTECTED, (
        Damage('the e-mail of a client is no whereabouts', CLIENT_PARTS, 'client: contact.email',
            'Annotated[Texts | None, WHEREABOUTS] = Field(None, description="The client\'s e-mail',
            'Texts | None = Field(None, description="The client\'s e-mail'),
        Damage('the place of stay of a client is no whereabouts', CLIENT_PARTS, 'client: contact.temporary_address',
            '    temporary_address: Annotated[TemporaryAddress | None, WHEREABOUTS]',
            '    temporary_address: Annotated[TemporaryAddress | None, Field()]'),
        Damage('how documents reach a client is no whereabouts', CLIENTS, 'client: document_delivery',
            '    document_delivery: Annotated[Texts | None, WHEREABOUTS]',
            '    document_delivery: Annotated[Texts | None, Field()]'),
        Damage('the phone of a guardian is no whereabouts', CLIENT_PARTS, 'client: related_persons\\[\\].phone',
            'Annotated[Texts | None, WHEREABOUTS] = Field(None, description="Their phone',
            'Texts | None = Field(None, description="Their phone'),
        Damage('the route of travel is no whereabouts', "record/commitments/decisions/schemas.py", 'decision: travel.note',
            '    note: Annotated[Line | None, WHEREABOUTS]',
            '    note: Annotated[Line | None, Field()]'),
        Damage('the address of another party of an agreement is no whereabouts', "record/commitments/agreements/parts.py", 'agreement: other_parties\\[\\].addresses',
            '    addresses: Annotated[list[Address] | None, Field(min_length=1, max_length=5), WHEREABOUTS]',
            '    addresses: Annotated[list[Address] | None, Field(min_length=1, max_length=5)]'),
        Damage('the address of a companion is no whereabouts', "record/document_schemas.py", 'transition.companions\\[\\].address.street',
            '    address: Annotated[Address | None, WHEREABOUTS]',
            '    address: Annotated[Address | None, Field()]'),
        Damage('how the network is reached is no whereabouts', "record/parties/service_relationships/schemas.py", 'network\\[\\].person.email',
            '    email: Annotated[Line | None, WHEREABOUTS]',
            '    email: Annotated[Line | None, Field()]'),
        Damage('where one lives after a shelter is no whereabouts', "record/everyday/service_events/schemas.py", 'shelter.housing_afterwards',
            'Annotated[HousingAfterwards | None, WHEREABOUTS]',
            'Annotated[HousingAfterwards | None, Field()]'),
        Damage('the home municipality is no whereabouts', CLIENTS, 'client: home_municipality.municipality',
            '    home_municipality: Annotated[HomeMunicipality | None, WHEREABOUTS]',
            '    home_municipality: Annotated[HomeMunicipality | None, Field()]'),
        Damage('the address of a recipient is no whereabouts', "record/everyday/assessments/schemas.py", 'assessment: recipient.address',
            '    address: Annotated[Address | None, WHEREABOUTS]',
            '    address: Annotated[Address | None, Field()]'),
        Damage('where somebody signed is no whereabouts', "record/commitments/agreements/parts.py", 'signing: signatories\\[\\].place',
            '    place: Annotated[Texts | None, WHEREABOUTS]',
            '    place: Annotated[Texts | None, Field()]'),
        Damage("the place of the organiser's meeting is everybody's who reads the plan", "record/case_file/plans/parts.py", 'provider C reads client plan: meetings\\[\\].place',
            '    place: Annotated[Texts | None, OWN_PLACE] = Field(None, description="Where the meeting was held.")',
            '    place: Texts | None = Field(None, description="Where the meeting was held.")'),
    )),
    (PROTECTED, (
        Damage('the feed forgets every view and what is withheld', FEED, 'client: contact.email by listChanges$',
            '        key: audiences.record_shown(ctx, models[key[0]], body, readers)\n',
            '        key: body\n'),
    )),
    (PROTECTED, (
        Damage('kept answers are given as they were kept', "access/guard.py", 'again',
            '                    claimed = await audiences.shown_again(ctx, self.shows, claimed)\n',
            ''),
    )),
    (PROTECTED, (
        Damage('answers are withheld from only where a record stands alone', AUDIENCES, 'decision: travel.note by .*listDecisions',
            '    readers = await readers_of(ctx, ctx.session.clients_seen if withholds(model) else ())\n',
            '    alone = len(ctx.session.clients_seen) == 1 and b\'"items"\' not in bytes(response.body)[:20]\n    readers = await readers_of(ctx, ctx.session.clients_seen if withholds(model) and alone else ())\n'),
    )),
    (PROTECTED, (
        Damage('documents are written from the whole record', "adapters/national/exporting/export_document.py", 'by (?!.*(get(?!\\w*Document)|list)).*getDocument',
            '    shown = audiences.record_shown(ctx, BY_TYPE[cover.kind].definition.model, read.body, readers)\n',
            '    shown = read.body\n'),
    )),
    (PROTECTED, (
        Damage('a national document that was sent is given whole', "record/case_file/documents/withholding.py", 'agreement as a document: other_parties',
            '    if hidden or (protected and under in {CLIENT, RECIPIENT, *RELATED}):\n',
            '    if hidden:\n'),
    )),
    (PROTECTED, (
        Damage('the e-mail is given as the phone is', CLIENTS, 'client: contact.email by getClient',
            '            frozenset({"phone", "contact_address"})',
            '            frozenset({"phone", "email", "contact_address"})'),
    )),
    (PROTECTED, (
        Damage('contacts are given although the organiser withholds them', CLIENTS, 'client: contact.phone',
            'frozenset({"contacts_withheld", "secret_contacts", "died_on"})',
            'frozenset({"secret_contacts", "died_on"})'),
    )),
    (PLACES, (
        Damage('views are applied to records that stand alone', AUDIENCES, 'absence of the provider: absence_reason by (?!.*getAttendance,).*listAttendance',
            '    inner = in_members(model, lambda annotation: _view(annotation, role))\n',
            '    inner: dict[str, Rewriting] = {}\n'),
    )),
)  # fmt: skip
"""The test that notices, and damages that it notices at once, each by what it is told of it."""


def main() -> int:
    chosen = [int(number) for number in sys.argv[1:]] or range(1, len(GROUPS) + 1)
    damages = missed = 0
    for number in chosen:
        test, group = GROUPS[number - 1]
        lines = _lines_of(test, group)
        for damage in group:
            shown = next((line for line in lines if re.search(damage.shows, line)), "NOT NOTICED")
            damages, missed = damages + 1, missed + (shown == "NOT NOTICED")
            sys.stdout.write(f"{number:2} {damage.title}: {shown}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{damages - missed} of {damages} noticed\n")
    return 1 if missed else 0


def _lines_of(test: str, group: Iterable[Damage]) -> list[str]:
    """What the test says of a copy with these damages; nothing if it passes."""
    with tempfile.TemporaryDirectory(prefix="walmu-damage-") as folder:
        copy = Path(folder) / "copy"
        left_out = shutil.ignore_patterns(".git", ".venv", "*cache*", "benchmarks", "docs")
        shutil.copytree(ROOT, copy, ignore=left_out)
        for damage in group:
            file = copy / PACKAGE / damage.file
            text = file.read_text()
            if damage.old not in text:
                sys.exit(f"{damage.title}: {damage.file} has changed, say the damage anew")
            file.write_text(text.replace(damage.old, damage.new, 1))
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly", "--show-capture=no", "--tb=short",
             "tests/privacy/test_every_field.py", "-k", test],
            cwd=copy, env=os.environ | OF_A_DAMAGE | {"PYTHONPATH": str(copy / "src")}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    lines = [line.removeprefix("E").strip() for line in run.stdout.splitlines()]
    lines = [line for line in lines if " reads " in line or " lacks " in line]
    if run.returncode == 1 and not lines:
        sys.exit(f"the test did not run\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
