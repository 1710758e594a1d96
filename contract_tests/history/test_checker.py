"""The checker can fail: each kind of damage to a good history is caught by its name."""

import copy
from collections import Counter
from collections.abc import Callable

import pytest

from contract_tests.history.checker import Violation, check
from contract_tests.history.events import Event, Final, History, Item, Place

DAY, AGREEMENT, DRAFT = "day-1", "agreement-1", "draft-1"
OF = {"client_id": "client-1"}


def _row(kind: str, record: str, version: int, source_id: str | None = None) -> Item:
    at = f"2026-10-08T09:00:0{version}Z"
    return Item(kind, record, version, "created" if version == 1 else "updated", source_id, at)


def _events() -> list[Event]:
    """Two versions of a day, a refused third; an agreement, told at the second attempt; a draft of a decision."""
    history = History()
    for what, mark, place in (
        ("new day", "m-1", Place(DAY, 1)),
        ("correction", "m-2", Place(DAY, 2)),
        ("draft decision", "m-5", Place(DRAFT, 1)),
    ):
        op = history.invoke(what, [mark])
        history.note("ok", op, f"{op.op}.1", response={mark: place}, client_data=True)
    refused = history.invoke("stale correction", ["m-3"])
    history.note("fail", refused, "refused.1", 412)
    agreement = history.invoke("agreement", ["m-4"])
    history.note("info", agreement, "agreement.1")
    history.note("ok", agreement, "agreement.2", response={"m-4": Place(AGREEMENT, 1)}, client_data=True)
    return history.events


def _final(events: list[Event]) -> Final:
    rows = [
        _row("attendance", DAY, 1, "m-1"),
        _row("decision", DRAFT, 1, "m-5"),
        _row("attendance", DAY, 2, "m-2"),
        _row("agreement", AGREEMENT, 1),
        _row("decision", DRAFT, 2, "m-5"),
    ]
    data = {"status": "decided", "valid_to": "2027-10-31", "days_per_week": 3}
    narrow = [row for row in rows if row.kind != "decision"]
    return Final(
        live={"organiser": list(rows), "provider": list(narrow)},
        after={"organiser": list(rows), "provider": list(narrow)},
        records={
            "attendance": [{"id": DAY, "version": 2, "agreement_id": AGREEMENT, "date": "2026-10-01"} | OF],
            "agreement": [{"id": AGREEMENT, "version": 1, "place": {"name": "m-4"}} | OF],
            "decision": [
                {
                    "id": DRAFT,
                    "version": 2,
                    "ehr": {"target": "ehr-a", "id": "7", "version": "1"},
                    **data,
                    **OF,
                }
            ],
            "justification": [],
        },
        clients={"client-1"},
        use_log=Counter(event.request_id for event in events if event.client_data),
        days_there=[(DAY, 2)],
        decisions_there=[{"id": "7", "version": "1", "external_id": DRAFT, "revoked_on": None, **data}],
        proposals_there=[{"id": "6", "external_id": DRAFT, "status": "decided"}],
    )


def test_a_good_history_has_no_violation() -> None:
    events = _events()
    assert check(events, _final(events)) == []


def _both(final: Final, change: Callable[[list[Item]], None]) -> None:
    change(final.live["organiser"])
    change(final.after["organiser"])


def _lost_day(final: Final) -> None:
    for items in (*final.live.values(), *final.after.values()):
        items[:] = [item for item in items if item.record != DAY]
    final.records["attendance"].clear()
    final.days_there.clear()


def _doubled_agreement(final: Final) -> None:
    final.records["agreement"].append({"id": "agreement-2", "version": 1, "place": {"name": "m-4"}} | OF)
    _both(final, lambda items: items.append(_row("agreement", "agreement-2", 1)))


def _refused_took_effect(final: Final) -> None:
    _both(final, lambda items: items.append(_row("attendance", DAY, 3, "m-3")))
    final.records["attendance"][0]["version"] = 3
    final.days_there[0] = (DAY, 3)


def _of_nobody(final: Final) -> None:
    _both(final, lambda items: items.append(_row("attendance", "day-2", 1, "m-99")))
    final.records["attendance"].append(
        {"id": "day-2", "version": 1, "agreement_id": AGREEMENT, "date": "2026-10-02"} | OF
    )
    final.days_there.append(("day-2", 1))


def _of_another_client(final: Final) -> None:
    final.clients.add("client-2")
    final.records["attendance"][0]["client_id"] = "client-2"


DAMAGES: dict[str, tuple[str, Callable[[Final], object]]] = {
    "an acknowledged day is gone": ("lost write", _lost_day),
    "an agreement is there twice under one key": ("doubled record", _doubled_agreement),
    "a day is there twice": (
        "doubled record",
        lambda f: f.records["attendance"].append(f.records["attendance"][0]),
    ),
    "an agreement is read under a client who was merged": (
        "left behind",
        lambda f: f.records["agreement"][0].update(client_id="client-2"),
    ),
    "a day is read under another client than its agreement": ("left behind", _of_another_client),
    "a version is missing": ("version gap", lambda f: _both(f, lambda items: items.__delitem__(0))),
    "the reader was not told of a change": (
        "feed item missing",
        lambda f: f.live["organiser"].__delitem__(1),
    ),
    "the reader was told twice": (
        "feed item twice",
        lambda f: f.live["provider"].append(f.live["provider"][0]),
    ),
    "the reader was told of what is not there": (
        "feed item gone",
        lambda f: f.after["provider"].__delitem__(0),
    ),
    "the feed tells another order than before": ("order swapped", lambda f: f.live["organiser"].reverse()),
    "the journal has versions in another order": ("order swapped", lambda f: _both(f, list.reverse)),
    "a narrow reader sees another order": ("order swapped", lambda f: f.after["provider"].reverse()),
    "a change has two journal rows": (
        "journal row twice",
        lambda f: _both(f, lambda items: items.append(items[2])),
    ),
    "a record is gone": ("journal row without record", lambda f: f.records["agreement"].clear()),
    "a record has an older version": (
        "journal row without record",
        lambda f: f.records["attendance"][0].update(version=1),
    ),
    "a change was not journaled": (
        "record without journal row",
        lambda f: _both(f, lambda items: items.__delitem__(3)),
    ),
    "a refused write left something": ("effect of a refused write", _refused_took_effect),
    "a write of nobody is there": ("unexplained write", _of_nobody),
    "an answer is not in the use log": ("missing use-log row", lambda f: f.use_log.pop("agreement.2")),
    "a day did not reach the record system": ("delivery missing", lambda f: f.days_there.clear()),
    "a day is there in an older version": (
        "delivery outdated",
        lambda f: f.days_there.__setitem__(0, (DAY, 1)),
    ),
    "the record system holds a day twice": ("delivery doubled", lambda f: f.days_there.append((DAY, 2))),
    "the record system holds a day of nobody": (
        "delivery of nothing",
        lambda f: f.days_there.append(("day-9", 1)),
    ),
    "a draft was not proposed": ("delivery missing", lambda f: f.proposals_there.clear()),
    "a draft was proposed twice": (
        "delivery doubled",
        lambda f: f.proposals_there.append(f.proposals_there[0]),
    ),
    "a draft was decided twice": (
        "delivery doubled",
        lambda f: f.decisions_there.append(f.decisions_there[0] | {"id": "8"}),
    ),
    "a decision did not come": ("decision missing", lambda f: f.records["decision"][0].pop("ehr")),
    "a decision says something else": (
        "decision differs",
        lambda f: f.records["decision"][0].update(days_per_week=5),
    ),
    "a decision of nobody is there": ("decision of nothing", lambda f: f.decisions_there.clear()),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_is_caught_by_its_name(damage: str) -> None:
    kind, harm = DAMAGES[damage]
    events = _events()
    final = copy.deepcopy(_final(events))
    harm(final)
    found = check(events, final)
    assert kind in {violation.kind for violation in found}, found


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("unresolved operation", Event("info", "op-91", "new day", 0, ("m-91",))),
        ("internal error", Event("info", "op-1", "new day", 0, ("m-1",), status=500)),
        ("lost write", Event("ok", "op-92", "new day", 0, ("m-92",), {"m-92": Place("day-92", 1)})),
        ("told otherwise", Event("ok", "op-93", "batch", 0, ("m-1",), {"m-1": Place(DAY, 7)})),
    ],
)
def test_what_the_clients_were_told_is_checked_too(kind: str, event: Event) -> None:
    events = _events()
    found: list[Violation] = check([*events, event], _final(events))
    assert kind in {violation.kind for violation in found}, found
