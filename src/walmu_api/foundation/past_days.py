"""Days of what has happened, such as the one on which a certificate came: none of them is still to come."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Annotated, Any, get_args

from pydantic import BaseModel

from walmu_api.foundation import validation_messages
from walmu_api.foundation.problems import INVALID_VALUE, Finding
from walmu_api.foundation.schema_types import Day


class HasCome:
    """Marks a member whose day has come, wherever the message comes from. What is stored is read as it is."""


PastDay = Annotated[Day, HasCome()]


def check(message: Any, today: Callable[[], date]) -> list[Finding]:
    """A finding for each marked day of a message that is still to come; of what is no message, none. `today` is asked only
    where there is a mark: most requests have none."""
    if not isinstance(message, BaseModel) or not _has_marks(type(message)):
        return []
    found = _to_come(message, today().isoformat())
    return [INVALID_VALUE.at(pointer, reason=validation_messages.NOT_YET) for pointer in found]


def _to_come(message: BaseModel, today: str, at: str = "") -> Iterator[str]:
    marked, nested = _members(type(message))
    for name in marked:
        day = str(getattr(message, name) or "")
        if day > today[: len(day)]:  # of some days only the month or the year is known
            yield f"{at}/{name}"
    for name in nested:
        value = getattr(message, name)
        if isinstance(value, list):
            for number, part in enumerate(value):
                yield from _to_come(part, today, f"{at}/{name}/{number}")
        elif isinstance(value, BaseModel):
            yield from _to_come(value, today, f"{at}/{name}")


def _has_marks(model: type[BaseModel]) -> bool:
    return any(_members(model))


@cache
def _members(model: type[BaseModel]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The members that are marked, and those inside of which there are such members."""
    marked, nested = [], []
    for name, field in model.model_fields.items():
        parts = [*field.metadata, *_parts(field.annotation)]
        if any(isinstance(part, HasCome) for part in parts):
            marked.append(name)
        elif any(
            isinstance(part, type) and issubclass(part, BaseModel) and _has_marks(part) for part in parts
        ):
            nested.append(name)
    return tuple(marked), tuple(nested)


def _parts(annotation: Any) -> Iterator[Any]:
    """What a type is made of, in any depth."""
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)
