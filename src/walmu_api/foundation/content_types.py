"""What is to be done with content follows from its type: from the models of which the type consists. Pure."""

from collections.abc import Callable
from typing import Any, TypeVar, get_args

from pydantic import BaseModel

Content = dict[str, Any]
Rewriting = Callable[..., Any]
"""Makes new content of content, and of whatever else its caller passes on to every part."""
Found = TypeVar("Found")


def in_members(model: type[BaseModel], of_type: Callable[[Any], Found | None]) -> dict[str, Found]:
    """What `of_type` gives for the types of the members, where it gives anything."""
    annotations: dict[str, Any] = {name: member.annotation for name, member in model.model_fields.items()}
    return {name: found for name, each in annotations.items() if (found := of_type(each)) is not None}


def in_model(annotation: Any, of_model: Callable[[type[BaseModel]], Found | None]) -> Found | None:
    """What `of_model` gives for the model in a type: the type itself, or the model of which it is a list or an optional
    value. Of two models in one type at most one may give anything."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return of_model(annotation)
    found = [inner for each in get_args(annotation) if (inner := in_model(each, of_model)) is not None]
    if not found:
        return None
    (one,) = found
    return one


def rewriting_in(
    annotation: Any, of_model: Callable[[type[BaseModel]], Rewriting | None]
) -> Rewriting | None:
    """How content of this type is rewritten, given how that of a model is: a list part by part."""
    one = in_model(annotation, of_model)
    if one is None:
        return None

    def each_of(content: Any, *passed_on: Any) -> Any:
        if isinstance(content, list):
            return [each_of(each, *passed_on) for each in content]
        return one(content, *passed_on) if isinstance(content, dict) else content

    return each_of
