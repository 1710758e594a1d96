"""The readable page of a document: XHTML that needs nothing from outside, in Finnish or Swedish, for screen, reader and paper."""

from datetime import datetime
from typing import Any

from walmu_api.adapters.national.exporting.page import view
from walmu_api.adapters.national.exporting.page.labels import WORDS
from walmu_api.adapters.national.structures.definitions import Structure
from walmu_api.foundation import pages
from walmu_api.foundation.clock import HELSINKI

PAGES = pages.Pages("walmu_api.adapters.national.exporting.page", "document.xhtml.j2", "document.css")


def page(structure: Structure, document: dict[str, Any], language: str) -> bytes:
    """Envelope and content as a page."""
    envelope, words = document["envelope"], WORDS[language]
    return PAGES.page(
        language,
        title=structure.fi if language == "fi" else structure.sv,
        words=words,
        envelope=envelope,
        dated_on=pages.day_text(envelope["dated_on"]),
        parts=view.sections(structure, document["content"], language),
        facts=_facts(envelope, words, language),
    )


def _facts(envelope: dict[str, Any], words: dict[str, str], language: str) -> list[tuple[str, str]]:
    retention = envelope.get("retention")
    data = {
        "document_id": envelope["document_id"],
        "version": str(envelope["version"]),
        "replaces": envelope.get("replaces"),
        "dated_on": pages.day_text(envelope["dated_on"]),
        "recorded_at": _recorded(envelope["recorded_at"], language),
        "organiser": _party(envelope["organiser"]),
        "producer": _party(envelope["producer"]) if "producer" in envelope else None,
        "service_task": _display(envelope.get("service_task")),
        "service": _display(envelope.get("service")),
        "structure": f"{envelope['number']} ({envelope['structure']})",
        "registry": _display(envelope["registry"]),
        "secrecy": words["secret"],
        "retention": words[retention["counts_from"]].format(years=retention["years"]) if retention else None,
    }
    return [(words[name], value) for name, value in data.items() if value]


def _display(code: dict[str, Any] | None) -> str | None:
    return code.get("display") or code.get("code") if code else None


def _party(party: dict[str, Any]) -> str:
    return f"{party['name']} ({party['business_id']})" if party.get("business_id") else str(party["name"])


def _recorded(moment: str, language: str) -> str:
    local = datetime.fromisoformat(moment).astimezone(HELSINKI)
    return pages.instant_text(local.isoformat(timespec="seconds"), language)
