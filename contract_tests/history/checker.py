"""Holds the history against what is there. Pure functions; each names what it finds.

The properties: what was acknowledged is there once, as the version that was told; versions run from 1 without a gap;
each change has one journal row, in order; the feed read live is the feed read afterwards; a refused write left nothing;
answers with client data are in the use log; the record system holds every day and every decision once, as we do."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from contract_tests.history.events import Event, Final, Item, Place

WHOLE = "organiser"
"""The reader that sees everything of its organiser."""
OURS = "m-"
_KEYS = {
    "attendance": ("agreement_id", "date"),
    "justification": ("agreement_id", "date"),
    "agreement": ("source_id",),
}


class Violation(NamedTuple):
    kind: str
    what: str


def check(events: list[Event], final: Final) -> list[Violation]:
    """Everything that does not hold."""
    rows = [item for item in final.after[WHOLE] if not item.change.startswith("access-")]
    return [
        *answers(events),
        *writes(events, placed(rows, final.records)),
        *records(final.records),
        *journal(rows, final.records),
        *feeds(final),
        *merges(final),
        *use_log(events, final.use_log),
        *days(final),
        *decisions(final),
        *drafts(events, final),
    ]


def answers(events: list[Event]) -> Iterator[Violation]:
    """Every operation came to an end, and no answer was an internal error."""
    ends = {event.op: event for event in events}
    for event in ends.values():
        if event.type not in {"ok", "fail"}:
            yield Violation("unresolved operation", f"{event.what} {event.op}")
    for event in events:
        if event.status >= 500 and event.status != 503:
            yield Violation("internal error", f"{event.what} {event.request_id}: {event.status}")


def placed(rows: list[Item], found: dict[str, list[dict[str, Any]]]) -> dict[str, list[Place]]:
    """Which versions carry which marks, as journal and records tell."""
    there: dict[str, list[Place]] = defaultdict(list)
    for row in rows:
        of_each_version = row.kind in {"attendance", "justification"}
        if row.source_id is not None and (of_each_version or row.version == 1):
            there[row.source_id].append(Place(row.record, row.version))
    for agreement in found["agreement"]:
        if "source_id" not in agreement:
            there[agreement["place"]["name"]].append(Place(agreement["id"], 1))
        for signature in agreement.get("signatures", []):
            there[signature["name"]].append(Place(agreement["id"], 2))
    return {mark: places for mark, places in there.items() if mark.startswith(OURS)}


def writes(events: list[Event], there: dict[str, list[Place]]) -> Iterator[Violation]:
    """Acknowledged and there are the same: each mark once, where it was told to be; a refused one nowhere."""
    data, refused = _answered_marks(events)
    for mark, places in data.items():
        if len(places) > 1:
            yield Violation("told otherwise", f"{mark}: {sorted(places)}")
        if not places & set(there.get(mark, ())):
            yield Violation("lost write", f"{mark}: {sorted(places)}, there is {there.get(mark)}")
    for mark, places_there in there.items():
        if len(places_there) > 1:
            yield Violation("doubled record", f"{mark}: {places_there}")
        if mark not in data:
            kind = "effect of a refused write" if mark in refused else "unexplained write"
            yield Violation(kind, f"{mark}: {places_there}")


def _answered_marks(events: list[Event]) -> tuple[dict[str, set[Place]], set[str]]:
    """Where each mark was said to have taken effect, and which were refused."""
    data: dict[str, set[Place]] = defaultdict(set)
    refused: set[str] = set()
    for event in events:
        if event.type in {"ok", "fail"}:
            refused |= set(event.marks) - event.response.keys()
            for mark, place in event.response.items():
                data[mark].add(place)
    return data, refused


def records(found: dict[str, list[dict[str, Any]]]) -> Iterator[Violation]:
    """What may be there once is there once."""
    for kind, names in _KEYS.items():
        keys = Counter(tuple(record.get(name) for name in names) for record in found[kind])
        for key, count in keys.items():
            if count > 1 and None not in key:
                yield Violation("doubled record", f"{kind} {key}: {count}")


def journal(rows: list[Item], found: dict[str, list[dict[str, Any]]]) -> Iterator[Violation]:
    """For each record the rows 1, 2, … n in this order, n being its version."""
    chains: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        chains[row.kind, row.record].append(row.version)
    for (kind, record), versions in chains.items():
        if (wrong := _broken(versions)) is not None:
            yield Violation(wrong, f"{kind} {record}: {versions}")
    now = {
        (kind, one["id"]): one["version"]
        for kind, records_of_kind in found.items()
        for one in records_of_kind
    }
    for key, version in now.items():
        newest = max(chains.get(key, [0]))
        if newest < version:
            yield Violation("record without journal row", f"{key}: {version}, journal {newest}")
        elif newest > version:
            yield Violation("journal row without record", f"{key}: {version}, journal {newest}")
    for key in chains.keys() - now.keys():
        if key[0] in found:
            yield Violation("journal row without record", str(key))


def _broken(versions: list[int]) -> str | None:
    """What is wrong with a chain of versions, in the order of the journal."""
    if len(versions) != len(set(versions)):
        return "journal row twice"
    if versions != sorted(versions):
        return "order swapped"
    return "version gap" if versions != list(range(1, len(versions) + 1)) else None


def feeds(final: Final) -> Iterator[Violation]:
    """Read live or afterwards: the same items, once each and in one order; a narrower reader sees part of the whole,
    and not every source_id."""
    for reader, after in final.after.items():
        live = final.live[reader]
        yield from _same(reader, live, after)
        if reader != WHOLE:
            whole = {item._replace(source_id=None): at for at, item in enumerate(final.after[WHOLE])}
            places = [whole.get(item._replace(source_id=None), -1) for item in after]
            if -1 in places or places != sorted(places):
                yield Violation("order swapped", f"{reader} sees another order than {WHOLE}")


def _same(reader: str, live: list[Item], after: list[Item]) -> Iterator[Violation]:
    for name, items in (("live", live), ("afterwards", after)):
        for item, count in Counter(items).items():
            if count > 1:
                yield Violation("feed item twice", f"{reader}, {name}: {item}")
    yield from (
        Violation("feed item missing", f"{reader} was never told {item}") for item in set(after) - set(live)
    )
    yield from (Violation("feed item gone", f"{reader} was told {item}") for item in set(live) - set(after))
    if live != after and Counter(live) == Counter(after):
        yield Violation("order swapped", f"{reader}: live and afterwards differ")


def merges(final: Final) -> Iterator[Violation]:
    """What is recorded of a client who was merged is read under the other, and a day under the client of its agreement."""
    whose = {agreement["id"]: agreement["client_id"] for agreement in final.records["agreement"]}
    for kind, found in final.records.items():
        for record in found:
            if record["client_id"] not in final.clients:
                yield Violation("left behind", f"{kind} {record['id']} of {record['client_id']}")
            elif record["client_id"] != whose.get(record.get("agreement_id"), record["client_id"]):
                yield Violation("left behind", f"{kind} {record['id']} is not of its agreement's client")


def use_log(events: list[Event], rows: Counter[str]) -> Iterator[Violation]:
    """A row for each acknowledged answer that carried client data."""
    for event in events:
        if event.type == "ok" and event.client_data and rows[event.request_id] < 1:
            yield Violation("missing use-log row", f"{event.what} {event.request_id}")


def days(final: Final) -> Iterator[Violation]:
    """The record system holds every day once, in its newest version: that of the day and of its justification together."""
    justified = {
        (each["agreement_id"], each["date"]): each["version"]
        for each in final.records.get("justification", ())
    }
    there = Counter(record for record, _ in final.days_there)
    newest = dict(final.days_there)
    for day in final.records["attendance"]:
        if there[day["id"]] == 0:
            yield Violation("delivery missing", f"day {day['id']}")
        elif there[day["id"]] > 1:
            yield Violation("delivery doubled", f"day {day['id']}: {there[day['id']]}")
        elif newest[day["id"]] != (
            version := day["version"] + justified.get((day["agreement_id"], day["date"]), 0)
        ):
            yield Violation("delivery outdated", f"day {day['id']}: {newest[day['id']]} instead of {version}")
    for record in there.keys() - {day["id"] for day in final.records["attendance"]}:
        yield Violation("delivery of nothing", f"day {record}")


def decisions(final: Final) -> Iterator[Violation]:
    """What the record system decided is here once, and says the same."""
    ours: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for decision in final.records["decision"]:
        if decision.get("ehr", {}).get("target") == final.target:
            ours[decision["ehr"]["id"]].append(decision)
    for there in final.decisions_there:
        here = ours.pop(there["id"], [])
        if not here:
            yield Violation("decision missing", f"{there['id']} of the record system")
        if len(here) > 1:
            yield Violation("doubled record", f"decision {there['id']}: {[one['id'] for one in here]}")
        for decision in here:
            yield from _differing(there, decision)
    for unknown in ours:
        yield Violation("decision of nothing", unknown)


def _differing(there: dict[str, Any], here: dict[str, Any]) -> Iterator[Violation]:
    data = {name: there[name] for name in ("version", "status", "valid_to", "days_per_week", "revoked_on")}
    stored = {name: here.get(name) for name in data} | {"version": here["ehr"]["version"]}
    if data != stored:
        yield Violation("decision differs", f"{there['id']}: there {data}, here {stored}")


def drafts(events: Iterable[Event], final: Final) -> Iterator[Violation]:
    """Every draft of a decision was proposed once, and has one answer, the same on both sides."""
    proposals: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for proposal in final.proposals_there:
        proposals[proposal["external_id"]].append(proposal)
    decided = Counter(decision["external_id"] for decision in final.decisions_there)
    here = {decision["id"]: decision for decision in final.records["decision"]}
    ids = {
        place.record
        for event in events
        if event.what == "draft decision"
        for place in event.response.values()
    }
    for draft in ids:
        created = proposals[draft]
        if not created:
            yield Violation("delivery missing", f"draft {draft}")
        if len(created) > 1 or decided[draft] > 1:
            yield Violation(
                "delivery doubled", f"draft {draft}: {len(created)} proposals, {decided[draft]} decisions"
            )
        if created and draft in here and not _answered(created[0]["status"], here[draft]):
            data = here[draft]["status"], here[draft].get("draft_state")
            yield Violation("decision differs", f"draft {draft}: {created[0]['status']} there, {data} here")


def _answered(there: str, here: dict[str, Any]) -> bool:
    """Whether the draft fares here as it does there."""
    if there == "decided":
        return here["status"] in {"decided", "revoked"}
    states = {"received": "submitted", "refused": "refused"}
    return here["status"] == "draft" and here.get("draft_state") == states[there]
