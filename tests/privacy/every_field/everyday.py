"""Days and their justifications, the diary, assessments, measurements."""

from typing import Any

from tests.privacy.every_field.filling import Member
from tests.privacy.every_field.story import DISABILITY, REFERENCES, SERVICE, Story


async def days(story: Story) -> None:
    agreement, day = story.made["agreement"]["id"], story.filler.day
    path = f"/v1/agreements/{agreement}/attendance"

    async def recorded(who: str, name: str, ago: int, without: tuple[str, ...], **given: Any) -> None:
        at = day(ago)
        if "noted_at" not in without:
            given["noted_at"] = f"{day(ago - 1)}T06:{ago:02}:31Z"
        await story.record(
            who, name, f"{path}/{at}", "AttendanceEntry", "attendance_id", method="PUT", without=without,
            **given,
        )  # fmt: skip
        story.name(name, date=at)
        story.ids["date"].append(at)

    moved, times = ("rescheduled_to", "rescheduled_from"), ("arrived_at", "left_at", "actual_minutes")
    present = {"arrived_at": f"{day(21)}T07:13:17Z", "left_at": f"{day(21)}T15:47:19Z", "form": "individual"}
    await recorded(
        "provider A", "day of the provider", 21, (*moved, "absence_reason", "absence_reasons"), status="present",
        planned_minutes=417, actual_minutes=419, **present,
    )  # fmt: skip
    await recorded(
        "provider A", "absence of the provider", 20, (*moved, *times, "form"), status="absent",
        absence_reason="kq_own", planned_minutes=421,
        absence_reasons=[{"reason": "kq_own", "minutes": 211}, {"reason": "agreed_holiday", "minutes": 199}],
    )  # fmt: skip
    for label in ("fi", "sv", "en", "easy_fi"):
        mark = story.sent_as("code")[label].lower()
        story.filler.words.add(mark)
        story.filler.of_mark[mark] = {
            Member("absence of the provider", "absence_reason"),
            Member("absence of the provider", "absence_reasons[].reason"),
        }
    await recorded(
        "provider A", "day moved", 19, (*times, "absence_reason", "absence_reasons", "form", "rescheduled_from"),
        status="rescheduled", planned_minutes=423, rescheduled_to=day(18),
    )  # fmt: skip
    await recorded(
        "provider A", "day instead", 18, (*times, "absence_reason", "absence_reasons", "rescheduled_to"),
        status="present", planned_minutes=427, rescheduled_from=day(19), form="group",
    )  # fmt: skip
    present = {"arrived_at": f"{day(17)}T08:13:17Z", "left_at": f"{day(17)}T14:47:19Z", "form": "work"}
    await recorded(
        "workplace", "day of the workplace", 17, (*moved, "absence_reason", "absence_reasons"), status="present",
        planned_minutes=429, actual_minutes=433, **present,
    )  # fmt: skip
    await recorded(
        "workplace", "absence of the workplace", 16, (*moved, *times, "form"), status="absent",
        absence_reason="own_illness", planned_minutes=439,
        absence_reasons=[{"reason": "own_illness", "minutes": 227}, {"reason": "other_notified", "minutes": 193}],
    )  # fmt: skip
    await recorded(
        "provider A", "day voided", 15, (*moved, *times, "absence_reason", "absence_reasons"), status="partial", form="group",
        planned_minutes=441,
    )  # fmt: skip
    await story.record(
        "provider A", "voiding of a day", f"{path}/{day(15)}/void", "AttendanceVoiding",
    )  # fmt: skip
    noted = {number: f"{day(number)}T06:{number}:31Z" for number in (12, 13)}
    lines = [
        {"agreement_id": agreement, "date": day(14), "status": "partial", "planned_minutes": 709,
         "actual_minutes": 449, "form": "work", "noted_at": noted[13], "source_id": "Kq9050z",
         "absence_reason": "transport_failed",
         "absence_reasons": [{"reason": "transport_failed", "minutes": 239}], "arrived_at": f"{day(14)}T09:13:17Z", "left_at": f"{day(14)}T11:47:19Z"},
        {"agreement_id": agreement, "date": day(13), "status": "rescheduled", "planned_minutes": 457,
         "noted_at": noted[12], "source_id": "Kq9051z", "rescheduled_to": day(12)},
        {"agreement_source_id": story.sent_as("agreement")["source_id"], "date": day(12), "status": "present",
         "planned_minutes": 461, "rescheduled_from": day(13), "source_id": "Kq9052z"},
    ]  # fmt: skip
    await story.record(
        "provider A", "days of a batch", "/v1/attendance-batches", "AttendanceBatch", items=lines
    )
    story.ids["date"] += [line["date"] for line in lines]
    why = {
        "certificate.received_on": day(9),
        "certificate.valid_from": day(24),
        "certificate.valid_to": day(8),
    }
    for who, name, ago, reason in (
        ("provider A", "justification", 20, "condition_of_day"),
        ("workplace", "justification of the workplace", 16, "other_notified"),
    ):
        given_by = {"provider A": "relative", "workplace": "workplace"}[who]
        await story.record(
            who, name, f"{path}/{day(ago)}/justification", "JustificationEntry", "justification_id",
            method="PUT", reason=reason, given_by=given_by, given_on=day(ago - 12), **why,
        )  # fmt: skip
    await story.record(
        "organiser", "review of the justification", f"{path}/{day(20)}/justification/review",
        "JustificationReview", decision="rejected",
    )  # fmt: skip


async def diary_and_assessments(story: Story) -> None:
    """Of the provider, and of the workplace: of these one is confirmed as it is, another corrected."""
    day, agreement = story.filler.day, story.made["agreement"]["id"]
    relationship = {"service_relationship_id": story.made["relationship"]["id"]}
    own = {"service_task": DISABILITY, "services[]": SERVICE}
    rest = ("cancellation", "performance", "place", "agreed")

    async def diary(who: str, name: str, kind: str, *without: str, **given: Any) -> dict[str, Any]:
        return await story.record(
            who, name, "/v1/diary-entries", "DiaryEntryEntry", "diary_entry_id",
            without=(*REFERENCES, *(("client_id",) if who == "workplace" else ()), *without), kind=kind,
            client_id=story.made["client"]["id"], **given,
        )  # fmt: skip

    own |= relationship
    when = {"period": {"starts_at": f"{day(31)}T09:11:00+03:00", "ends_at": f"{day(31)}T10:17:00+03:00"}}
    await diary(
        "provider A", "diary: contact", "contact", "cancellation", "performance", "agreement_id", **own, **when
    )  # fmt: skip
    when = {"period": {"starts_at": f"{day(32)}T09:12:00+03:00", "ends_at": f"{day(32)}T10:18:00+03:00"}}
    await diary(
        "provider A", "diary: daily", "daily_performance", "cancellation", "place", "agreed", "participants",
        **own, **when, agreement_id=agreement, performance__rating="with_difficulty", performance__form="individual",
    )  # fmt: skip
    await diary(
        "provider A", "diary: cancelled", "cancelled_appointment", *rest[1:], "participants", "description", "period",
        "agreement_id", **own, cancellation__reason="organisation",
    )  # fmt: skip
    when = {"period": {"starts_at": f"{day(37)}T09:15:00+03:00", "ends_at": f"{day(37)}T10:23:00+03:00"}}
    await diary(
        "provider A", "diary: meeting", "network_meeting", "cancellation", "performance", "place", "agreement_id",
        **own, **when,
    )  # fmt: skip
    corrected: list[dict[str, Any]] = []
    for number, name in enumerate(
        (
            "diary of the workplace",
            "diary of the workplace corrected",
            "diary of the workplace made a contact",
        )
    ):
        ago = 33 + number
        when = {
            "period": {"starts_at": f"{day(ago)}T09:13:00+03:00", "ends_at": f"{day(ago)}T10:19:00+03:00"}
        }
        data = await diary(
            "workplace", name, "daily_performance", *rest[:1], *rest[2:], "participants", "contact_manners",
            "services", "service_task", "service_relationship_id", "performance.form", **when,
            agreement_id=agreement, performance__rating=("mostly_well", "not_this_day", "not_this_day")[number],
        )  # fmt: skip
        corrected.append(data)
    for at, name, kind, without in (
        (
            1,
            "correction of the diary",
            "daily_performance",
            ("cancellation", "place", "agreed", "participants"),
        ),
        (2, "correction to a contact", "contact", ("cancellation", "performance")),
    ):
        span = {
            f"{side}s_at": f"{day(33 + at)}T{hour}:00+03:00"
            for side, hour in (("start", "09:14"), ("end", "10:21"))
        }
        given: dict[str, Any] = (
            {"performance.form": "individual", "performance.rating": "well"} if at == 1 else {}
        )
        given |= {"kind": kind, "service_task": DISABILITY, "services[]": SERVICE, "period": span}
        await story.record(
            "provider A", name, f"/v1/diary-entries/{corrected[at]['id']}/confirm", "DiaryConfirmation",
            without=tuple(f"corrected.{member}" for member in without),
            **{f"corrected.{member}": value for member, value in given.items()},
        )  # fmt: skip
    form: dict[str, Any] = {
        "form": "uniform_final",
        "form_version": 1,
        "items[].key": "working_hours_kept",
        "items[].rating": 4,
    }
    period: dict[str, Any] = {"period": {"starts_on": day(151), "ends_on": day(41)}, "written_on": day(40)}
    await story.record(
        "provider A", "assessment", "/v1/assessments", "AssessmentEntry", "assessment_id",
        without=(*REFERENCES, "case_id"), client_id=story.made["client"]["id"], **relationship,
        agreement_id=agreement, **form, **period,
        service_task=DISABILITY, service=SERVICE,
    )  # fmt: skip
    form |= {"form": "workplace_short", "items[].key": "overall", "items[].rating": 3}
    period = {"period": {"starts_on": day(152), "ends_on": day(42)}, "written_on": day(39)}
    data = await story.record(
        "workplace", "assessment of the workplace", "/v1/assessments", "AssessmentEntry", "assessment_id",
        without=(*REFERENCES, "client_id", "case_id", "service_relationship_id", "items[].client_view",
        "items[].professional_view", "items[].workplace_view", "goals", "recipient", "service_task", "service", "purpose", "conclusions"),
        agreement_id=agreement, **form, **period,
    )  # fmt: skip
    await story.record(
        "provider A", "confirmation of the assessment", f"/v1/assessments/{data['id']}/confirm",
        "AssessmentConfirmationEntry",
    )  # fmt: skip


async def measurements(story: Story) -> None:
    day = story.filler.day
    relationship = story.made["relationship"]
    common = {"client_id": relationship["client_id"], "service_relationship_id": relationship["id"]}
    await story.record(
        "provider A", "measurement", "/v1/measurements", "MeasurementEntry", "measurement_id",
        without=("goals",), **common, instrument="kykyviisari",
        form_version="2017", language="fi", phase="start", answered_on=day(101), respondent="client",
        mode="self_paper", scores=[{"scale": "work_ability", "value": 7, "min": 0, "max": 10, "algorithm": "Kq9060z", "computed_by": "Kq9061z"},
                {"scale": "C", "missing_reason": "declined"}, {"scale": "D", "value": 2.5, "items_answered": 9}],
        items=[{"key": "C01", "value": 4}, {"key": "G02", "missing_reason": "not_answered"}],
    )  # fmt: skip
    goals = [{"key": "kq", "title": "Kq9012z", "weight": 2.5, "level": -1, "baseline": -2}]
    await story.record(
        "provider A", "measurement of goals", "/v1/measurements", "MeasurementEntry", "measurement_id",
        without=("scores", "items"), **common, instrument="gas", form_version="5-level", goals=goals,
        language="fi", phase="interim", answered_on=day(102), respondent="professional", mode="phone",
    )  # fmt: skip
    voided = await story.record(
        "provider A", "measurement voided", "/v1/measurements", "MeasurementEntry", "measurement_id",
        without=("goals", "items"), **common, instrument="own_kq", form_version="kq_1", language="sv", phase="end",
        answered_on=day(103), respondent="client", mode="self_online", scores=[{"scale": "kq_s", "value": 71}],
    )  # fmt: skip
    await story.record(
        "provider A",
        "voiding of a measurement",
        f"/v1/measurements/{voided['id']}/void",
        "MeasurementVoiding",
    )
