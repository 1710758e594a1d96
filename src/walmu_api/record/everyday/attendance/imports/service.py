"""A worksheet of days becomes the lines of a batch: its agreements are found, and its outcomes told by row and column."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from pydantic import ValidationError

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.access.guard import FORBIDDEN
from walmu_api.access.scopes import Scope
from walmu_api.foundation import request_body
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE
from walmu_api.foundation.non_blank import AT_THE_DOOR
from walmu_api.foundation.pacing import Progress, paced, progress_of
from walmu_api.foundation.problems import Finding
from walmu_api.record.everyday.attendance import rules, statements
from walmu_api.record.everyday.attendance.batches import service as batches
from walmu_api.record.everyday.attendance.batches.outcomes import LineResult, causes
from walmu_api.record.everyday.attendance.batches.parsing import ParsedLine, UnreadableLine
from walmu_api.record.everyday.attendance.batches.schemas import AttendanceLine
from walmu_api.record.everyday.attendance.imports import statements as own_statements
from walmu_api.record.everyday.attendance.imports.import_lines import Import
from walmu_api.record.everyday.attendance.imports.line_reader import DayLine, LineReader
from walmu_api.record.everyday.attendance.imports.words import meanings
from walmu_api.record.everyday.attendance.row_mapping import facts_of
from walmu_api.record.everyday.worksheets import outcomes
from walmu_api.record.everyday.worksheets.cells import is_uuid
from walmu_api.record.parties.clients import identities
from walmu_api.record.parties.codes import service as codes

Facts = Mapping[UUID, rules.AgreementFacts]
Named = Mapping[str, Mapping[str, Facts]]
"""The agreements that a name leads to, by what the name is and how it is written."""


async def run(ctx: RequestContext, data: Import, *, dry_run: bool, language: str) -> bytes:
    """Judge and record the rows of a worksheet as a batch."""
    named_by_code = "identity_code" in data.held or data.mapping.identity_code is not None
    if named_by_code and Scope.CLIENTS_READ not in ctx.caller.scopes:
        raise FORBIDDEN(scope=Scope.CLIENTS_READ.value)
    words = meanings(await codes.book_now(ctx.session), data.mapping.translations)
    reader = LineReader(data.mapping, data.held, data.columns, words)
    lines: list[DayLine] = []
    async for row, cells in paced(data.rows):
        if (line := reader.line(len(lines) + 1, row, cells)) is not None:
            lines.append(line)
    progress = progress_of.get() or Progress()
    progress.lines, progress.judged = len(lines), 0
    named = await _named(ctx, lines)
    entries = [_entry(line, named) async for line in paced(lines)]
    results, _ = await batches.record_lines(ctx, entries, dry_run=dry_run)
    async for line, result in paced(zip(lines, results, strict=True)):
        _tell(line, result, written=not dry_run)
    progress.judged = len(lines)
    unfilled = len(data.rows) - len(lines)
    return await outcomes.outcome_json(
        lines,
        causes(results, language),
        read_as={**data.read_as, **({"unfilled_rows": unfilled} if unfilled else {})},
        columns=data.places,
        dry_run=dry_run,
        language=language,
    )


async def _named(ctx: RequestContext, lines: Sequence[DayLine]) -> Named:
    """The agreements that the lines lead to, among those that the caller sees: three reads, whatever is named."""
    asked: dict[str, dict[str, str]] = {"agreement": {}, "client": {}, "identity_code": {}}
    async for line in paced(lines):
        for name, text in line.names.items():
            if text not in asked[name]:
                asked[name][text] = _key(ctx, name, text)
    by_agreement, by_client = asked["agreement"].values(), asked["client"].values()
    of_codes = [*asked["identity_code"].values()]
    whose = {**visibility.parameters(ctx), "source_system": ctx.caller.system.id}
    ctx.session.logged_anyway = ctx.session.logged_anyway or bool(of_codes)
    found: dict[str, dict[str, dict[UUID, rules.AgreementFacts]]] = {
        name: defaultdict(dict) for name in asked
    }
    if by_agreement:
        ids = _ids(by_agreement)
        for row in await ctx.session.fetch(
            statements.AGREEMENTS, **whose, ids=ids, source_ids=[*by_agreement]
        ):
            facts = facts_of(row)
            found["agreement"][str(row["id"])][facts.id] = facts
            if row["source_id"] is not None and row["source_system"] == ctx.caller.system.id:
                found["agreement"][row["source_id"]][facts.id] = facts
    if by_client or of_codes:
        known = await identities.by_codes(ctx, of_codes) if of_codes else []
        keys = {
            "client_ids": _ids(by_client),
            "client_keys": [*by_client],
            "clients_of_codes": [row["client_id"] for row in known],
            "codes": [row["key"] for row in known],
        }
        for row in await ctx.session.fetch(own_statements.BY_CLIENT, **whose, **keys):
            facts = facts_of(row)
            for name in ("client", "identity_code"):
                found[name][row["key"]][facts.id] = facts
    ctx.session.log_access(
        *{each.client_id for by_key in found.values() for some in by_key.values() for each in some.values()}
    )
    return {
        name: {text: _led_to(found[name], key) for text, key in texts.items()}
        for name, texts in asked.items()
    }


def _led_to(found: Mapping[str, dict[UUID, rules.AgreementFacts]], key: str) -> Facts:
    """What has the key as its own key, as it is written, or as our id, in capitals too."""
    as_id = found.get(key.lower(), {}) if is_uuid(key) else {}
    return found.get(key, {}) | as_id


def _key(ctx: RequestContext, name: str, text: str) -> str:
    if name == "identity_code":
        return ctx.cipher.blind_index(ctx.organiser_id, PERSONAL_IDENTITY_CODE, text).hex()
    return text


def _ids(keys: Iterable[str]) -> list[UUID]:
    return [UUID(key) for key in keys if is_uuid(key)]


def _entry(line: DayLine, named: Named) -> ParsedLine:
    """The line of the batch, once it is known whose day it is."""
    if not line.findings:
        agreement, findings = _agreement(line, named)
        if agreement is not None:
            try:
                return AttendanceLine.model_validate(
                    line.fields | {"agreement_id": agreement}, context=AT_THE_DOOR
                )
            except ValidationError as error:
                errors = error.errors(include_url=False, include_input=False)
                findings = [request_body.finding(each) for each in errors[:10]]
        line.findings = findings
    return UnreadableLine(line.source_id, line.findings)


def _agreement(line: DayLine, named: Named) -> tuple[UUID | None, list[Finding]]:
    """The one agreement that all its names lead to, by the day where they lead to several."""
    candidates: Facts | None = None
    for name, text in line.names.items():
        found = named[name][text]
        if not found:
            return None, [rules.UNKNOWN_AGREEMENT.at(f"/{name}")]
        both = (
            found if candidates is None else {each: candidates[each] for each in candidates if each in found}
        )
        if not both:
            return None, [rules.NAMES_DISAGREE.at(f"/{name}")]
        candidates = both
    several = rules.of_the_day((candidates or {}).values(), line.fields["date"])
    if len(several) > 1:
        return None, [rules.AMBIGUOUS_AGREEMENT.at(f"/{next(iter(line.names))}")]
    return several[0].id, []


def _tell(line: DayLine, result: LineResult, *, written: bool) -> None:
    line.outcome, line.findings = result.outcome, [*result.findings]
    line.id = result.day_id
    line.version = result.version + (written and result.outcome in {"created", "updated"})
