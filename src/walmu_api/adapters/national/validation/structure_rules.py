"""The rules of a structure: unknown and missing fields, repeats, empty objects, known codes, conditional
obligations. Pure.

Together with `value_rules` stricter than the national schema, which accepts impossible dates, identity codes
with a wrong check character, and empty texts, objects and lists. A finding never contains a value of the
document."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from walmu_api.adapters.national.structures.conditions import Rule, reached
from walmu_api.adapters.national.structures.definitions import Node, Structure, our_path
from walmu_api.adapters.national.validation import value_rules
from walmu_api.adapters.national.validation.findings import (
    CONDITIONALLY_REQUIRED,
    EMPTY,
    NOT_APPLICABLE,
    ONE_ROOT_KEY,
    REPEATED,
    DocumentFinding,
    Location,
    pointer,
)
from walmu_api.foundation import validation_messages
from walmu_api.foundation.problems import INVALID_VALUE, MISSING, UNKNOWN_CODE, UNKNOWN_PROPERTY, ProblemType
from walmu_api.record.parties.codes.rules import UNVERIFIED_CODE

Codes = Callable[[str, str], bool | None]
"""What is known of a code (OID of its system, code): True when the list has it; False when it does not and
the list is complete (verified); None when the list is unknown or incomplete."""
MOST = 100
"""At most so many errors, and as many warnings, are reported."""


def check_structure(
    structure: Structure, content: Any, codes: Codes, at: Location = ()
) -> list[DocumentFinding]:
    """The findings of a document, errors first. `at` is where the content stands in the body it came in."""
    errors: list[DocumentFinding] = []
    warnings: list[DocumentFinding] = []
    for finding in _document(structure, content, codes, at):
        (errors if finding.severity == "error" else warnings).append(finding)
        if len(errors) == MOST:
            break
    return errors + warnings[:MOST]


def _document(structure: Structure, content: Any, codes: Codes, at: Location) -> Iterator[DocumentFinding]:
    if not isinstance(content, dict):
        yield DocumentFinding(INVALID_VALUE, pointer(at), {"reason": validation_messages.OBJECT})
        return
    key = structure.root.key
    for other in content:
        if other != key:
            yield DocumentFinding(ONE_ROOT_KEY, pointer((*at, other)), {"root": key})
    if key not in content:
        yield DocumentFinding(MISSING, pointer((*at, key)))
        return
    root = content[key] if isinstance(content[key], dict) else {}
    yield from _StructureCheck(root, codes).heading(structure.root, content[key], _Place((*at, key)))


@dataclass(frozen=True)
class _Place:
    """Where something stands in the document, and what our record calls the mapped object around it."""

    location: Location
    mapped: str = ""

    def at(self, *below: int | str) -> "_Place":
        return _Place((*self.location, *below), self.mapped)

    def inside(self, node: Node) -> "_Place":
        return _Place(self.location, our_path(self.mapped, node.field))

    def finding(
        self,
        kind: ProblemType,
        data: Mapping[str, Any],
        *,
        node: Node | None = None,
        source: str = "schema",
        rule: str | None = None,
        severity: str = "error",
    ) -> DocumentFinding:
        ours = our_path(self.mapped, node.field) if node is not None and node.field else None
        return DocumentFinding(kind, pointer(self.location), data, severity, rule, source, ours)


class _StructureCheck:
    def __init__(self, root: dict[str, Any], codes: Codes) -> None:
        self.root, self.codes = root, codes

    def heading(self, node: Node, value: Any, place: _Place) -> Iterator[DocumentFinding]:
        """The members of one object; `place.mapped` is the object of ours that its rows belong to."""
        if not isinstance(value, dict):
            yield place.finding(INVALID_VALUE, {"reason": validation_messages.OBJECT})
            return
        for key in value:
            if key not in node.by_key:
                yield place.at(key).finding(UNKNOWN_PROPERTY, {})
        for child in node.children:
            there = place.at(child.key)
            if child.key in value:
                yield from self.member(child, value[child.key], there)
            elif child.required:
                yield there.finding(MISSING, {}, node=child)
            for rule in child.rules:
                yield from self.obligation(child, rule, value, there)

    def member(self, node: Node, value: Any, place: _Place) -> Iterator[DocumentFinding]:
        if not node.repeats:
            yield from self.item(node, value, place, optional=not node.required)
        elif not isinstance(value, list):
            yield place.finding(INVALID_VALUE, {"reason": validation_messages.LIST}, node=node)
        elif not value:
            yield place.finding(EMPTY, {}, node=node)
        else:
            for number, each in enumerate(value):
                yield from self.item(node, each, place.at(number), optional=True)

    def item(self, node: Node, value: Any, place: _Place, *, optional: bool) -> Iterator[DocumentFinding]:
        if node.type != "heading":
            yield from self.leaf(node, value, place)
            return
        found = list(self.heading(node, value, place.inside(node)))
        yield from found
        if optional and not found and value_rules.is_empty(value):
            yield place.finding(EMPTY, {}, node=node)

    def leaf(self, node: Node, value: Any, place: _Place) -> Iterator[DocumentFinding]:
        wrong = list(value_rules.CHECKS[node.type](node, value))
        for kind, below, data in wrong:
            yield place.at(*below).finding(kind, data, node=node)
        if node.type != "code" or wrong or node.accepted or not value_rules.is_national(node):
            return
        known = self.codes(node.system, value["code"])
        data = {"code_system": node.system}
        if known is False:
            yield place.at("code").finding(UNKNOWN_CODE, data, node=node, source="code-list")
        elif known is None:
            doubt = place.at("code")
            yield doubt.finding(UNVERIFIED_CODE, data, node=node, source="code-list", severity="warning")

    def obligation(
        self, node: Node, rule: Rule, beside: dict[str, Any], place: _Place
    ) -> Iterator[DocumentFinding]:
        """Whether the field breaks its conditional obligation."""
        kind = broken(node, rule, beside, self.root)
        if kind is not None:
            severity = "warning" if kind is NOT_APPLICABLE else "error"
            yield place.finding(
                kind, {"condition": rule.text}, node=node, source="rule", rule=rule.text, severity=severity
            )


def broken(node: Node, rule: Rule, beside: dict[str, Any], root: dict[str, Any]) -> ProblemType | None:
    """What is wrong with a field by its rule, in the object `beside`; None when nothing is."""
    there = node.key in beside
    match rule.predicate:
        case "one-of":
            given = any(True for path in rule.paths for _ in reached(beside, path.split(".")))
            return None if given else CONDITIONALLY_REQUIRED
        case "required-if" | "required-unless":
            needed = rule.holds(beside, root) == (rule.predicate == "required-if")
            return CONDITIONALLY_REQUIRED if needed and not there else None
        case "repeats-if":
            several = isinstance(beside.get(node.key), list) and len(beside[node.key]) > 1
            return REPEATED if several and not rule.holds(beside, root) else None
        case _:
            fitting = rule.holds(beside, root) == (rule.predicate == "only-if")
            return NOT_APPLICABLE if there and not fitting else None
