"""A provider's life with the API, from its key to the auditor's view of it, through a client made from the contract."""

import datetime as dt
import json
import sys
import time
import uuid
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

from joserfc import jwt
from joserfc.jwk import ECKey
from walmu_api_client import AuthenticatedClient, Client
from walmu_api_client.api.access import issue_token, who_am_i
from walmu_api_client.api.agreements import draft_agreement, get_agreement, sign_agreement
from walmu_api_client.api.attendance import (
    get_attendance,
    give_justification,
    list_attendance,
    record_attendance,
    record_attendance_batch,
)
from walmu_api_client.api.changes import list_changes
from walmu_api_client.api.clients import list_clients
from walmu_api_client.api.use_log import list_use_log
from walmu_api_client.models import (
    Agreement,
    AgreementEntry,
    AgreementSigning,
    Attendance,
    AttendanceBatch,
    AttendanceLine,
    AttendancePage,
    AttendanceReplacement,
    BatchOutcome,
    Changes,
    IssueTokenBody,
    Justification,
    JustificationReplacement,
    Problem,
    TokenAnswer,
    UseLogItemPage,
    WhoAmI,
)
from walmu_api_client.types import UNSET, Response

T = TypeVar("T")
DAY = dt.date(2026, 10, 5)
PRESENT = {"status": "present", "actual_minutes": 240}
ABSENT = {"status": "absent", "absence_reason": "own_illness"}


def only(kind: type[T], response: Response[Any]) -> T:
    """The answer as the type it has when all went well."""
    assert isinstance(response.parsed, kind), (response.status_code, response.content)
    return response.parsed


def refused(response: Response[Any]) -> tuple[int, str]:
    return int(response.status_code), only(Problem, response).code


class Cast:
    """Who plays, as the test wrote it down."""

    def __init__(self, file: Path) -> None:
        data = json.loads(file.read_text(encoding="utf-8"))
        self.url: str = data["url"]
        self.ids: dict[str, str] = data["ids"]
        self.parties: dict[str, dict[str, str]] = data["parties"]

    def sign_in(self, name: str) -> AuthenticatedClient:
        party = self.parties[name]
        now = int(time.time())
        claims = {"iss": party["client_id"], "sub": party["client_id"], "aud": self.url, "iat": now}
        claims |= {"exp": now + 60, "jti": str(uuid.uuid4()), "act": {"sub": "u-1", "name": "Olli Ohjaaja"}}
        header = {"alg": "ES256", "kid": party["kid"]}
        body = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode(header, claims, ECKey.import_key(party["key"])),
        }
        asked = issue_token.sync_detailed(
            client=Client(base_url=self.url), body=IssueTokenBody.from_dict(body)
        )
        return AuthenticatedClient(base_url=self.url, token=only(TokenAnswer, asked).access_token)


def agree(cast: Cast, provider: AuthenticatedClient) -> uuid.UUID:
    who = only(WhoAmI, who_am_i.sync_detailed(client=provider))
    assert who.role == "provider"
    entry = {
        "decision_id": cast.ids["decision_id"],
        "service_relationship_id": cast.ids["service_relationship_id"],
        "kind": "work_activity",
        "place": {"name": "Kotola, puutyöpaja"},
        "instructors": [{"family_name": "Ohjaaja", "given_names": "Olli"}],
        "starts_on": "2026-09-01",
        "ends_on": "2026-12-31",
        "schedule": {"type": "fixed", "days": [{"weekday": 1, "starts_at": "09:00", "ends_at": "13:00"}]},
        "absence_reporting": "Soita ennen klo 9.",
        "source_id": str(uuid.uuid4()),
    }
    drafted = draft_agreement.sync_detailed(client=provider, body=AgreementEntry.from_dict(entry))
    agreement = only(Agreement, drafted).id
    signing = {"signed_on": "2026-08-31", "signatories": [{"party": "client", "name": "Eeva Virtanen"}]}
    signed = sign_agreement.sync_detailed(
        agreement, client=provider, body=AgreementSigning.from_dict(signing)
    )
    assert only(Agreement, signed).status == "signed"
    return agreement


def record_one_day(provider: AuthenticatedClient, agreement: uuid.UUID) -> uuid.UUID:
    def put(entry: dict[str, Any], etag: str | None = None) -> Response[Any]:
        body = AttendanceReplacement.from_dict(entry)
        return record_attendance.sync_detailed(
            agreement, DAY, client=provider, body=body, if_match=etag or UNSET
        )

    first = put(PRESENT)
    assert (first.status_code, first.headers["etag"]) == (HTTPStatus.CREATED, '"1"')
    again = put(PRESENT)
    assert (again.status_code, only(Attendance, again).version) == (HTTPStatus.OK, 1)
    assert refused(put(ABSENT)) == (428, "precondition-required")
    changed = only(Attendance, put(ABSENT, '"1"'))
    assert (changed.status, changed.version) == ("absent", 2)
    assert refused(put(PRESENT, '"1"')) == (412, "stale-version")
    unchanged = get_attendance.sync_detailed(agreement, DAY, client=provider, if_none_match='"2"')
    assert unchanged.status_code == HTTPStatus.NOT_MODIFIED
    day = only(Attendance, get_attendance.sync_detailed(agreement, DAY, client=provider))
    assert day.absence_reason == "own_illness"
    return day.id


def record_many_days(provider: AuthenticatedClient, agreement: uuid.UUID) -> None:
    lines = [
        AttendanceLine.from_dict({"agreement_id": str(agreement), "date": date, "source_id": key} | entry)
        for date, key, entry in (
            ("2026-10-06", "d-6", PRESENT),
            ("2026-10-07", "d-7", ABSENT),
            ("2026-08-01", "early", PRESENT),
            ("2026-12-01", "future", PRESENT),
        )
    ]

    def send(items: list[AttendanceLine]) -> BatchOutcome:
        sent = record_attendance_batch.sync_detailed(client=provider, body=AttendanceBatch(items))
        return only(BatchOutcome, sent)

    outcome = send(lines)
    counts = outcome.counts
    assert (counts.created, counts.updated, counts.unchanged, counts.rejected) == (2, 0, 0, 2)
    problems = {line.source_id: [p.code for p in line.problems] for line in outcome.outcomes}
    assert (problems["early"], problems["future"]) == (["day-outside-agreement"], ["day-in-future"])
    assert send(lines[:2]).counts.unchanged == 2


def list_days(provider: AuthenticatedClient, agreement: uuid.UUID) -> None:
    days: list[Attendance] = []
    cursor: str | None = None
    while True:
        asked = list_attendance.sync_detailed(
            client=provider, agreement_id=agreement, limit=2, cursor=cursor or UNSET
        )
        page = only(AttendancePage, asked)
        days += page.items
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    by_day = sorted(days, key=lambda day: day.date)
    assert [day.status for day in by_day] == ["absent", "present", "absent"]


def justify(provider: AuthenticatedClient, agreement: uuid.UUID) -> None:
    entry = {"reason": "own_illness", "given_by": "client", "given_on": "2026-10-06"}
    given = give_justification.sync_detailed(
        agreement, DAY, client=provider, body=JustificationReplacement.from_dict(entry)
    )
    assert given.status_code == HTTPStatus.CREATED
    assert only(Justification, given).state == "given"


def follow_changes(provider: AuthenticatedClient, agreement: uuid.UUID, day: uuid.UUID) -> None:
    def read(cursor: str | None) -> Changes:
        return only(Changes, list_changes.sync_detailed(client=provider, cursor=cursor or UNSET))

    page = read(None)
    seen = list(page.items)
    while page.more:
        page = read(page.next_cursor)
        seen += page.items
    assert [item.change for item in seen if item.resource_id == day] == ["created", "updated"]
    body = AttendanceReplacement.from_dict(PRESENT)
    record_attendance.sync_detailed(agreement, DAY, client=provider, body=body, if_match='"2"')
    fresh = [item for item in read(page.next_cursor).items if item.resource_id == day]
    assert [item.version for item in fresh] == [3]


def keep_apart(cast: Cast, agreement: uuid.UUID) -> None:
    other = cast.sign_in("provider_b")
    assert refused(get_agreement.sync_detailed(agreement, client=other)) == (404, "not-found")
    assert only(AttendancePage, list_attendance.sync_detailed(client=other)).items == []


def audit(cast: Cast) -> None:
    auditor = cast.sign_in("auditor")
    assert list_clients.sync_detailed(client=auditor).status_code == HTTPStatus.FORBIDDEN
    uses = list_use_log.sync_detailed(
        client=auditor,
        client_id=uuid.UUID(cast.ids["client_id"]),
        organisation_id=uuid.UUID(cast.parties["provider_a"]["organisation_id"]),
    )
    persons = [use.person for use in only(UseLogItemPage, uses).items]
    assert {person.name for person in persons if person} == {"Olli Ohjaaja"}


def tell(cast: Cast) -> None:
    provider = cast.sign_in("provider_a")
    agreement = agree(cast, provider)
    day = record_one_day(provider, agreement)
    record_many_days(provider, agreement)
    list_days(provider, agreement)
    justify(provider, agreement)
    follow_changes(provider, agreement, day)
    keep_apart(cast, agreement)
    audit(cast)


if __name__ == "__main__":
    tell(Cast(Path(sys.argv[1])))
    print("The story holds")
