"""How ratings have moved, which goals hold and what was said of them. Pure: rows of the store in, what is
told out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from walmu_api.foundation.statements import Record
from walmu_api.foundation.texts import folded
from walmu_api.record.everyday.assessments.forms.schemas import FormItem
from walmu_api.record.everyday.assessments.forms.validation import Form
from walmu_api.reports.overview.schemas import CurrentGoal, GoalSaid, RatedForm, RatedItem, RatingPoint

RatedRecord = Mapping[str, Any]
FormOf = Callable[[str, int], Form | None]
EXCERPT = 400


def excerpt(text: str) -> str:
    """The beginning of a text; cut at a word."""
    if len(text) <= EXCERPT:
        return text
    return text[: EXCERPT - 2].rsplit(maxsplit=1)[0] + " …"


def ratings(assessments: Sequence[Record], form_of: FormOf) -> list[RatedForm]:
    """By form and item, in the order of the form's latest version. What was rated on another scale is another
    line."""
    lines: dict[str, dict[tuple[str, tuple[int, ...]], RatedItem]] = {}
    forms: dict[str, Form] = {}
    for row in assessments:
        rated = row["content"]
        form = form_of(rated["form"], rated["form_version"]) if rated["form"] else None
        if form is None:
            continue
        forms[form.form] = max(forms.get(form.form, form), form, key=lambda each: each.version)
        for item in rated["items"] or ():
            asked = form.item(item["key"]) if item.get("rating") is not None else None
            if asked is not None:
                _add(lines.setdefault(form.form, {}), row, form, asked, item["rating"])
    return [
        RatedForm(form=key, name=form.definition.name, items=_ordered(lines[key].values(), form))
        for key, form in forms.items()
        if key in lines
    ]


def _add(
    lines: dict[tuple[str, tuple[int, ...]], RatedItem], row: Record, form: Form, asked: FormItem, rating: int
) -> None:
    scale = form.scale(asked.scale)
    steps = scale.steps if scale is not None else []
    values = tuple(step.value for step in steps)
    line = lines.get((asked.key, values))
    point = RatingPoint(assessment_id=row["id"], dated_on=row["dated_on"], rating=rating)
    points = [*(line.points if line is not None else ()), point]
    change = rating - points[0].rating if len(points) > 1 else None
    lines[asked.key, values] = RatedItem(
        key=asked.key, labels=asked.labels, steps=steps, points=points, change=change
    )


def _ordered(items: Iterable[RatedItem], form: Form) -> list[RatedItem]:
    places = {item.key: at for at, item in enumerate(form.definition.items)}
    return sorted(items, key=lambda item: places.get(item.key, len(places)))


def goals(plans: Iterable[Record], assessments: Sequence[Record]) -> list[CurrentGoal]:
    """The goals of the latest plan of each kind and writer, and those of the latest assessment that no plan
    names."""
    rated = _texts(assessments)
    latest = {(plan["content"]["kind"], plan["owner_id"]): plan for plan in plans}
    data = [
        _goal(goal, name, rated, plan)
        for plan in sorted(latest.values(), key=lambda each: (each["dated_on"], each["id"]), reverse=True)
        for goal in plan["content"]["goals"] or ()
        if (name := _name(goal)) is not None
    ]
    named = {folded(goal.name) for goal in data}
    newest: Record | None = next((row for row in reversed(assessments) if row["content"]["goals"]), None)
    rest = newest["content"]["goals"] if newest is not None else ()
    return data + [_goal(goal, goal["name"], rated) for goal in rest if folded(goal["name"]) not in named]


def _name(goal: RatedRecord) -> str | None:
    """What a goal of a plan is called: by name, by its code, else by its description."""
    return goal.get("name") or (goal.get("goal") or {}).get("display") or goal.get("description")


def _goal(
    goal: RatedRecord, name: str, rated: Mapping[str, list[GoalSaid]], plan: Record | None = None
) -> CurrentGoal:
    description = goal.get("description")
    return CurrentGoal(
        name=excerpt(name),
        description=excerpt(description) if description not in {None, name} else None,
        plan_id=plan["id"] if plan is not None else None,
        set_on=plan["dated_on"] if plan is not None else None,
        evaluations=rated.get(folded(name), []),
    )


def _texts(assessments: Sequence[Record]) -> dict[str, list[GoalSaid]]:
    """What assessments said of goals, by name, the latest first."""
    rated: dict[str, list[GoalSaid]] = {}
    for row in reversed(assessments):
        for goal in row["content"]["goals"] or ():
            if goal.keys() & {"client_evaluation", "professional_evaluation", "evaluation"}:
                rated.setdefault(folded(goal["name"]), []).append(_evaluation(row, goal))
    return rated


def _evaluation(row: Record, goal: RatedRecord) -> GoalSaid:
    data = goal.get("evaluation")
    return GoalSaid(
        assessment_id=row["id"],
        dated_on=row["dated_on"],
        client_evaluation=goal.get("client_evaluation"),
        professional_evaluation=goal.get("professional_evaluation"),
        evaluation=excerpt(data) if data is not None else None,
    )
