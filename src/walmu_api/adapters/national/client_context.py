"""The client as documents write one (`@client` in the tables), and whether a document is about the client
that it was sent for."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.adapters.national.structures.definitions import Node, Structure
from walmu_api.adapters.national.validation.findings import CLIENT_MISMATCH, pointer
from walmu_api.exchange.versions.service import Since
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE, identity
from walmu_api.foundation.problems import Finding
from walmu_api.foundation.texts import folded
from walmu_api.record.parties.clients import identities
from walmu_api.record.parties.clients import service as clients

CLIENT = "@client"
_CODE, _TEMPORARY = "personal_identity_code", "temporary_identity_code"
_IDENTITY = frozenset({"family_name", "given_names", "date_of_birth", _CODE, _TEMPORARY})
_SERVICE = ("service_task", "services")
"""What a document tells of the service of a relationship."""


async def client_as_document(
    ctx: RequestContext, client_id: UUID, moment: datetime | None = None
) -> dict[str, Any]:
    """Names, identifier and birth date of a client, and how to reach one whose contacts are not secret: as of a moment in
    the past, else as of today. Contacts that are secret by now are not told as of then either."""
    present, row = await clients.identity_of(ctx, client_id)
    identifier = {"system": present.system, "value": present.value} if present is not None else None
    who = {name: getattr(row, name) for name in ("family_name", "given_names", "date_of_birth", "contact")}
    secret = row.has_secret_contacts
    if moment is not None:
        then = (await Since.read(ctx.session, [client_id], moment)).body(client_id, moment)
        if then is not None:
            who = {name: then.get(name) for name in who}
            secret = bool(secret or then.get("turvakielto") or then.get("secret_contacts"))
        former = await identities.former(ctx, [client_id])
        identifier = next((each["identity"] for each in former if each["until"] > moment), identifier)
    data: dict[str, Any] = {name: who[name] for name in ("family_name", "given_names")}
    if identifier is not None:
        data[_CODE if identifier["system"] == PERSONAL_IDENTITY_CODE else _TEMPORARY] = identifier
    if who["date_of_birth"] is not None:
        data["date_of_birth"] = str(who["date_of_birth"])
    if (contact := who["contact"]) and not secret:
        data |= {name: contact[name] for name in ("phone", "email") if name in contact}
        address = {name: contact[name] for name in ("street_address", "postal_code") if name in contact}
        if address:
            data["address"], data["addresses"] = address, [address]
    return data


def as_structure_has_it(structure: Structure, data: dict[str, Any]) -> dict[str, Any]:
    """The context for a structure: one client, or a list of one."""
    node = _client_node(structure)
    return {} if node is None else {CLIENT: [data] if node.repeats else data}


def with_persons_of(structure: Structure, content: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Content of a document with the persons of another form of it."""
    node, key = _client_node(structure), structure.root.key
    if node is None or node.key not in other[key]:
        return content
    return {key: content[key] | {node.key: other[key][node.key]}}


def with_service_of(structure: Structure, content: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Content of a document with the service that another form of it tells."""
    key = structure.root.key
    return {key: _with_service(structure.root, content[key], other[key])}


def _with_service(node: Node, content: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    left = dict(content)
    for child in node.children:
        if child.field in _SERVICE:
            left.pop(child.key, None)
            left |= {child.key: other[child.key]} if child.key in other else {}
        elif child.type == "heading" and not child.field and child.key in left:
            left[child.key] = _with_service(child, left[child.key], other.get(child.key, {}))
    return left


def identified(data: dict[str, Any]) -> dict[str, Any]:
    """Only the identifier, where the client themself is the document."""
    return {name: data[name] for name in (_CODE, _TEMPORARY) if name in data}


def named_clients(ours: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The persons of a document that holds more than the identity of one client: several, or when they
    joined."""
    data = ours.get(CLIENT)
    plain = {"family_name", "given_names", "date_of_birth", _CODE, _TEMPORARY}
    return data if isinstance(data, list) and (len(data) > 1 or set(data[0]) - plain) else None


def same_person(
    structure: Structure, ours: dict[str, Any], data: Mapping[str, Any], former: Collection[str] = ()
) -> list[Finding]:
    """The person in the document must be the client; another spelling of the name is no matter, nor a code that the client had
    before (`former`). Of several persons in a common case one must be."""
    node = _client_node(structure)
    if node is None or CLIENT not in ours:
        return []
    named = ours[CLIENT] if node.repeats else [ours[CLIENT]]
    if any(_is(person, data, former) for person in named):
        return []
    return [CLIENT_MISMATCH.at(pointer(("content", structure.root.key, node.key)))]


def as_of_today(
    structure: Structure,
    content: dict[str, Any],
    data: Mapping[str, Any],
    earlier: Collection[str],
    former: Collection[str],
) -> dict[str, Any]:
    """A document under a former name or code of the client, with those of today: the former ones are for the
    organiser (661/2009, 12 §). `earlier` are the names that the client ever had, in lower case; `former` the codes that the
    caller may know it by, which stay. Where none of several persons is the client, only the client is left."""
    node, root = _client_node(structure), content[structure.root.key]
    if node is None or node.key not in root:
        return content
    who = {child.field: child.key for child in node.children if child.field in _IDENTITY}
    persons = root[node.key] if node.repeats else [root[node.key]]
    theirs = [{field: each[key] for field, key in who.items() if key in each} for each in persons]
    known = next((at for at, person in enumerate(theirs) if _is(person, data, former)), None)
    at = known or 0
    written, now = [
        {folded(each.get(name, "")) for name in ("family_name", "given_names")} for each in (theirs[at], data)
    ]
    if known is not None and written.isdisjoint({*earlier} - now):
        return content
    today = {who[field]: data[field] for field in theirs[at] if field in data}
    beyond = {key: value for key, value in persons[at].items() if key not in who.values()}
    others = [] if known is None else [each for each in persons if each is not persons[at]]
    left = [today | beyond, *others]
    return {structure.root.key: root | {node.key: left if node.repeats else left[0]}}


def _is(person: dict[str, Any], data: Mapping[str, Any], former: Collection[str] = ()) -> bool:
    for name in (_CODE, _TEMPORARY):
        if name in person:
            code = _canonical(person[name])
            return code == _canonical(data.get(name, {})) or code in former
    born = person.get("date_of_birth")
    names = ("family_name", "given_names")
    return (born == data.get("date_of_birth") if born else True) and all(
        folded(person.get(name, "")) == folded(data[name]) for name in names
    )


def _canonical(identifier: dict[str, Any]) -> str | None:
    value = identifier.get("value", "")
    return identity(identifier.get("system", PERSONAL_IDENTITY_CODE), value) or value or None


def _client_node(structure: Structure) -> Node | None:
    return next((child for child in structure.root.children if child.field == CLIENT), None)
