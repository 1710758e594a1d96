"""Who writes: providers with days, batches, agreements and justifications; the organiser with drafts of decisions, and with clients
that are merged and taken apart.

Each owns the days that it writes, so that only the races that it makes on purpose are races."""

import asyncio
import itertools
from collections.abc import Iterator
from typing import Any

from contract_tests.history.events import Place
from contract_tests.history.speaker import ApiClient, Reading
from contract_tests.history.world import SIGNED, Served, terms

Day = tuple[str, str]
"""Agreement and date."""


def present(mark: str) -> dict[str, Any]:
    return {"status": "present", "actual_minutes": 240, "source_id": mark}


def absent(mark: str) -> dict[str, Any]:
    return {"status": "absent", "absence_reason": "own_illness", "source_id": mark}


def _record(mark: str, version: int | None = None) -> Reading:
    """The answer is the record; a creation made version 1, whatever happened to it since."""
    return lambda data: {mark: Place(data["id"], version or data["version"])}


class DayWriter:
    """One day after the other: new, corrected under If-Match, two at once, and why it was missed."""

    def __init__(self, speaker: ApiClient, days: Iterator[Day]) -> None:
        self.speaker, self.days, self.history = speaker, days, speaker.history

    async def run(self, stop: asyncio.Event) -> None:
        for agreement, date in self.days:
            if stop.is_set():
                return
            path = f"/v1/agreements/{agreement}/attendance/{date}"
            version = await self._put(path, "new day", None)
            if self.speaker.rng.random() < 0.5:
                version = await self._put(path, "correction", version)
            if self.speaker.rng.random() < 0.3:
                await self._put(path, "stale correction", version + 5)
            await self._justify(path)

    async def _put(self, path: str, what: str, version: int | None) -> int:
        """The version afterwards. Now and then two at once: one of them is refused."""
        headers = {"If-Match": f'"{version}"'} if version else {}
        at_once = 2 if self.speaker.rng.random() < 0.25 else 1
        marks = [self.history.mark() for _ in range(at_once)]
        done = await asyncio.gather(
            *(
                self.speaker.act(
                    what, "PUT", path, absent(mark), marks=[mark], response=_record(mark), headers=headers
                )
                for mark in marks
            )
        )
        data = [place.version for event, _ in done for place in event.response.values()]
        return max(data, default=version or 1)

    async def _justify(self, path: str) -> None:
        mark = self.history.mark()
        why = {"reason": "own_illness", "given_by": "client", "given_on": "2026-09-30", "source_id": mark}
        await self.speaker.act(
            "justification", "PUT", f"{path}/justification", why, marks=[mark], response=_record(mark)
        )


class BatchWriter:
    """Many days at once: new ones, corrections with if_version, the same batch again, all or none."""

    def __init__(self, speaker: ApiClient, days: Iterator[Day]) -> None:
        self.speaker, self.days, self.history = speaker, days, speaker.history
        self.known: dict[Day, int] = {}

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            batch = [self._line(day) for day in itertools.islice(self.days, self.speaker.rng.randint(1, 25))]
            corrected = self.speaker.rng.sample(sorted(self.known), min(len(self.known), 8))
            batch += [self._line(day) | {"if_version": self.known[day]} for day in corrected]
            if not batch:
                return
            atomic = self.speaker.rng.random() < 0.25
            if atomic and self.speaker.rng.random() < 0.5:
                batch[0] |= {"date": "2026-12-01"}  # a day that has not come: none of them is recorded
            await self._send(batch, "atomic batch" if atomic else "batch")
            if self.speaker.rng.random() < 0.3:
                await self._send(batch, "the same batch again")

    def _line(self, day: Day) -> dict[str, Any]:
        return {"agreement_id": day[0], "date": day[1], **present(self.history.mark())}

    async def _send(self, batch: list[dict[str, Any]], what: str) -> None:
        marks = [line["source_id"] for line in batch]
        path = "/v1/attendance-batches" + ("?mode=atomic" if what == "atomic batch" else "")
        event, _ = await self.speaker.act(
            what, "POST", path, {"items": batch}, marks=marks, response=_outcomes
        )
        for line in batch:
            if (place := event.response.get(line["source_id"])) is not None:
                self.known[line["agreement_id"], line["date"]] = place.version


def _outcomes(data: Any) -> dict[str, Place]:
    """Where each line took effect; a rejected one has no place, though it may name the day that is there."""
    return {
        outcome["source_id"]: Place(outcome["id"], int(outcome["etag"].strip('"')))
        for outcome in data["outcomes"]
        if outcome["outcome"] != "rejected"
    }


class Drafter:
    """Agreements: with a key of its own, or with an Idempotency-Key, also twice at once; then signed."""

    def __init__(self, speaker: ApiClient, served: list[Served]) -> None:
        self.speaker, self.served, self.history = speaker, served, speaker.history

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            one = self.speaker.rng.choice(self.served)
            agreement = await self._draft(one)
            mark = self.history.mark()
            signing = SIGNED | {"signatories": [{"party": "client", "name": mark}]}
            await self.speaker.act(
                "signing",
                "POST",
                f"/v1/agreements/{agreement}/sign",
                signing,
                marks=[mark],
                response=_record(mark, 2),
            )
            await self.speaker.act("reading", "GET", f"/v1/clients/{one.ids['client_id']}")

    async def _draft(self, one: Served) -> str | None:
        mark, headers = self.history.mark(), {}
        entry = terms(one.ids) | {"source_id": mark}
        if self.speaker.rng.random() < 0.5:
            del entry["source_id"]
            entry["place"] |= {"name": mark}
            headers["Idempotency-Key"] = mark
        at_once = 2 if self.speaker.rng.random() < 0.3 else 1
        data = _record(mark, 1)
        done = await asyncio.gather(
            *(
                self.speaker.act(
                    "agreement", "POST", "/v1/agreements", entry, marks=[mark], response=data, headers=headers
                )
                for _ in range(at_once)
            )
        )
        return next((place.record for event, _ in done for place in event.response.values()), None)


class Proposer:
    """The organiser's drafts of decisions, for the caseworker."""

    def __init__(self, speaker: ApiClient, served: list[Served]) -> None:
        self.speaker, self.served, self.history = speaker, served, speaker.history

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            one, mark = self.speaker.rng.choice(self.served), self.history.mark()
            draft = {
                "client_id": one.ids["client_id"],
                "provider_id": one.ids["provider_id"],
                "service_kind": "work_activity",
                "legal_bases": ["SHL_710_1982_27E"],
                "valid_from": "2026-11-01",
                "valid_to": "2027-10-31",
                "days_per_week": 3,
                "service_task": {
                    "system": "urn:oid:1.2.246.537.6.1221",
                    "code": "20",
                    "display": "Vammaispalvelut",
                },
                "source_id": mark,
            }
            await self.speaker.act(
                "draft decision", "POST", "/v1/decisions", draft, marks=[mark], response=_record(mark, 1)
            )
            await asyncio.sleep(self.speaker.rng.uniform(0.2, 1.0))


class Merger:
    """The organiser, who finds that two clients are one person, and now and then that they are not."""

    def __init__(self, speaker: ApiClient, served: list[Served]) -> None:
        self.speaker = speaker
        ids = [one.ids["client_id"] for one in served]
        self.pairs = list(zip(ids[::2], ids[1::2], strict=False))

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            pair = self.speaker.rng.choice(self.pairs)
            one, into = self.speaker.rng.sample(pair, 2)
            clients = [
                (await self.speaker.act("reading", "GET", f"/v1/clients/{each}"))[1] for each in (one, into)
            ]
            path, mark = f"/v1/clients/{one}", self.speaker.history.mark()
            headers = {"If-Match": f'"{clients[0]["version"]}"'}
            if "merged_into" in clients[0]:
                await self.speaker.act(
                    "parting", "POST", f"{path}/unmerge", {"reason": mark}, headers=headers
                )
            else:
                act = {"into": into, "into_version": clients[1]["version"], "reason": mark}
                await self.speaker.act("merging", "POST", f"{path}/merge", act, headers=headers)
            await asyncio.sleep(self.speaker.rng.uniform(0.2, 1.0))
