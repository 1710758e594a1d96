"""What a readable page shows of a document: sections and lines in the national order, with the labels of the
tables. Pure.

Everything that the document holds is shown, nothing else; values as people in Finland write them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from walmu_api.adapters.national.exporting.page.code_labels import Labels
from walmu_api.adapters.national.structures.definitions import Node, Structure
from walmu_api.foundation.locales import words
from walmu_api.foundation.pages import instant_text

_DEEPEST = 6


@dataclass
class PageLine:
    """One field: its label and what it holds; several where it repeats."""

    label: str
    values: list[str]


@dataclass
class Section:
    """A heading with its lines and sections, in the order of the document. `of` counts the repeats: (2, 3) is
    the second of three."""

    label: str
    level: int
    parts: list["PageLine | Section"] = field(default_factory=list)
    of: tuple[int, int] = (1, 1)


def sections(
    structure: Structure, content: dict[str, Any], language: str, labels_of: Labels
) -> list[PageLine | Section]:
    """The parts of the page below its title."""
    return list(_parts(structure.root, content[structure.root.key], language, labels_of, 2))


def _parts(
    node: Node, national: dict[str, Any], language: str, labels_of: Labels, level: int
) -> Iterator[PageLine | Section]:
    for child in node.children:
        if child.key not in national:
            continue
        value, label = national[child.key], child.fi if language == "fi" else child.sv
        data = value if child.repeats else [value]
        if child.type != "heading":
            yield PageLine(label, [written(child.type, each, language, labels_of) for each in data])
            continue
        for number, each in enumerate(data, 1):
            inner = list(_parts(child, each, language, labels_of, min(level + 1, _DEEPEST)))
            if inner:
                yield Section(label, level, inner, (number, len(data)))


def written(kind: str, value: Any, language: str, labels_of: Labels = lambda _system, _code: None) -> str:
    """One value as text."""
    match kind:
        case "switch":
            return str(words(language, "pages.yes" if value else "pages.no"))
        case "code" | "identifier":
            return str(_named(value, labels_of) if kind == "code" else value["value"])
        case "quantity":
            return f"{_number(value['value'])} {value['code']}"
        case "count" | "number":
            return _number(value)
        case "date" | "day" | "instant":
            return instant_text(value, language)
        case _:
            return str(value)


def _named(code: dict[str, Any], labels_of: Labels) -> Any:
    return labels_of(code.get("system", ""), code["code"]) or code["display"]


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else str(value)
