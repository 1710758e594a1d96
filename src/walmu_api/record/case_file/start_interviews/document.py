"""A start interview as a summary (16009) tells it, and back. Pure.

**Out.** The purpose is always `Alkuhaastattelu`; the content is each part under its heading, in Finnish (on a
page in the language of its reader). An interview of which only the situation is told has it as it stands, so
that a document that came in goes out letter by letter.

**In.** Only a summary whose purpose is `Alkuhaastattelu` is a start interview; its content comes into
`situation`, unsplit."""

from typing import Any

from walmu_api.foundation.locales import words
from walmu_api.record.parties.codes.shipped import shipped_lists

PURPOSE = "Alkuhaastattelu"
PARTS = (
    "situation",
    "skills",
    "strengths",
    "interests",
    "motivation",
    "wishes_for_work",
    "support_needed",
    "benefits",
)
_SAME = ("conclusions", "further_information", "legal_notice", "written_on", "authors")


def document_content(content: dict[str, Any], language: str = "fi") -> dict[str, Any]:
    """The stored content under the names of the mapping table of 16009."""
    data = {name: content[name] for name in _SAME if name in content}
    headings, given = words(language, "documents.interview"), [name for name in PARTS if name in content]
    parts = [(headings[name], _text(name, content[name], language)) for name in given]
    if given == ["situation"]:
        parts = [("", content["situation"])]
    text = "\n\n".join(f"{heading}\n{values}" if heading else values for heading, values in parts)
    return data | {"purpose": PURPOSE} | ({"content": text} if text else {})


def entry_from_document(_structure: str, data: dict[str, Any]) -> dict[str, Any]:
    """The content of an entry from the fields of the mapping table."""
    entry = {name: data[name] for name in _SAME if name in data}
    return entry | ({"situation": data["content"]} if "content" in data else {})


def _text(name: str, value: Any, language: str) -> str:
    if name == "skills":
        return "\n".join(_skill(skill, language) for skill in value)
    if name == "benefits":
        labels = shipped_lists()["benefit"].codes
        return ", ".join(
            getattr(labels[code], language) or labels[code].fi if code in labels else code for code in value
        )
    return str(value)


def _skill(skill: dict[str, Any], language: str) -> str:
    """Every way in which the skill is told, and how well it is mastered."""
    occupation, local = skill.get("occupation"), skill.get("local_code")
    data = [skill[name] for name in ("text", "esco_label", "esco") if name in skill]
    data += [f"{occupation['display']} ({occupation['code']})"] if occupation else []
    data += [f"{local.get('label', local['code'])} ({local['list']})"] if local else []
    level = f": {words(language, 'documents.skill_levels')[skill['level']]}" if "level" in skill else ""
    return "; ".join(data) + level
