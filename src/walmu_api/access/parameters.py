"""The parameters of a guarded operation: what its signature declares, judged by FastAPI's own fields but
without its solver, which for every request works out anew what is known when the route is made (a seventh of
a request)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

from fastapi import Request
from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from pydantic_core import ErrorDetails

from walmu_api.foundation import request_body, validation_messages
from walmu_api.foundation.openapi import IF_NONE_MATCH_LIMIT
from walmu_api.foundation.problems import (
    INVALID_VALUE,
    MISSING,
    REPEATED_PARAMETER,
    UNKNOWN_PARAMETER,
    Finding,
    invalid,
)
from walmu_api.foundation.texts import in_nfc


@dataclass(frozen=True)
class _Parameter:
    """One parameter: where it stands and what it is called there, the argument it becomes, and its rule."""

    place: str
    alias: str
    name: str
    required: bool
    default: Any
    field: ModelField

    @classmethod
    def of(cls, place: str, field: ModelField) -> Self:
        return cls(place, field.alias, field.name, field.field_info.is_required(), field.get_default(), field)

    def read(self, given: Mapping[str, str], values: dict[str, Any]) -> list[Finding]:
        """Put the value among the arguments, or find what is wrong with it."""
        text = given.get(self.alias)
        if text is None:
            if self.required:
                return [MISSING.at(request_body.pointer((self.place, self.alias)))]
            values[self.name] = self.default
            return []
        if not text.isascii():
            if "\ufffd" in text:  # what stands for bytes that are no UTF-8
                at = request_body.pointer((self.place, self.alias))
                return [INVALID_VALUE.at(at, reason=validation_messages.NOT_UTF8)]
            text = in_nfc(text)
        values[self.name], errors = self.field.validate(text, loc=(self.place, self.alias))
        return [request_body.finding(cast("ErrorDetails", error)) for error in errors]


class Parameters:
    """All parameters of one operation. No operation has cookies, lists or whole models among them."""

    def __init__(self, dependant: Dependant) -> None:
        assert not dependant.cookie_params
        self._path = [_Parameter.of("path", field) for field in dependant.path_params]
        self._query = [_Parameter.of("query", field) for field in dependant.query_params]
        self._header = [_Parameter.of("header", field) for field in dependant.header_params]
        self._known = frozenset(parameter.alias for parameter in self._query)

    def check_names(self, request: Request) -> None:
        """Refuse what the query should not have at all."""
        if len(request.headers.get("if-none-match", "")) > IF_NONE_MATCH_LIMIT:
            raise invalid(
                INVALID_VALUE.at(
                    "/header/If-None-Match",
                    reason=validation_messages.TOO_LONG,
                    max_length=IF_NONE_MATCH_LIMIT,
                )
            )
        if not request.scope["query_string"]:
            return
        given = [name for name, _ in request.query_params.multi_items()]
        wrong = [
            UNKNOWN_PARAMETER.at(request_body.pointer(("query", name[:64])))
            for name in given
            if name not in self._known
        ]
        wrong += [
            REPEATED_PARAMETER.at(request_body.pointer(("query", name)))
            for name in sorted(set(given) & self._known)
            if given.count(name) > 1
        ]
        if wrong:
            raise invalid(*wrong[:20])

    def read(self, request: Request) -> dict[str, Any]:
        """The arguments of the operation, or one problem with every finding."""
        query: Mapping[str, str] = request.query_params if request.scope["query_string"] else {}
        places = ((self._path, request.path_params), (self._query, query), (self._header, request.headers))
        values: dict[str, Any] = {}
        found = [
            finding
            for parameters, given in places
            for each in parameters
            for finding in each.read(given, values)
        ]
        if found:
            raise invalid(*found)
        return values
