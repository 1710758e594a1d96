"""What a PUT takes besides its entry: the members of its record that only the server sets, as `readOnly`, so that what a GET
gave can be sent back as it is (ADR 49)."""

from collections.abc import Iterable
from typing import Any, get_args

from fastapi.routing import APIRoute

from walmu_api.access.markers import BodyOf
from walmu_api.access.sent_back import set_by_server

_SCHEMA = "#/components/schemas/"
_SENT_BACK = "What only the server sets may be sent back as it was read; anything else there is `read-only`."


def take_back_records(document: dict[str, Any], routes: Iterable[APIRoute]) -> None:
    """Give each PUT a schema of its own: the entry, and what its record has beside it. None of that is required."""
    routes = list(routes)
    reading = {route.path: route for route in routes if "GET" in (route.methods or ())}
    schemas = document["components"]["schemas"]
    for route in routes:
        if "PUT" not in (route.methods or ()) or route.path not in reading:
            continue
        entry = next(d.call.model for d in route.dependant.dependencies if isinstance(d.call, BodyOf))
        record = (reading[route.path].responses.get(200) or {})["model"]
        content = document["paths"][route.path]["put"]["requestBody"]["content"]["application/json"]
        of_entry = schemas[content["schema"]["$ref"].removeprefix(_SCHEMA)]
        name = f"{entry.__name__.removesuffix('Entry')}Replacement"
        schemas[name] = of_entry | {
            "description": f"{of_entry['description']}\n\n{_SENT_BACK}",
            "properties": of_entry["properties"] | _read_only(schemas, entry, record),
        }
        content["schema"] = {"$ref": _SCHEMA + name}


def _read_only(schemas: dict[str, Any], entry: Any, record: Any) -> dict[str, Any]:
    """The members of the record that the entry does not have, as answers have them."""
    shown: dict[str, Any] = {}
    for model in get_args(record) or (record,):
        shown = schemas[model.__name__]["properties"] | shown
    return {name: shown[name] | {"readOnly": True} for name in shown if name in set_by_server(entry, record)}
