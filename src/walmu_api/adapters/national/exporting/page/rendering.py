"""The readable page of a document: XHTML that needs nothing from outside, in Finnish or Swedish, for screen,
reader and paper."""

from datetime import datetime
from typing import Any

from walmu_api.adapters.national.exporting.page import view
from walmu_api.adapters.national.exporting.page.code_labels import Labels
from walmu_api.adapters.national.structures.definitions import Structure
from walmu_api.foundation import pages
from walmu_api.foundation.clock import HELSINKI
from walmu_api.foundation.locales import words

PAGES = pages.Pages("walmu_api.adapters.national.exporting.page", "document.xhtml.j2", "document.css")


def page(
    structure: Structure,
    document: dict[str, Any],
    language: str,
    labels_of: Labels = lambda _system, _code: None,
) -> bytes:
    """Envelope and content as a page. `labels_of`: what codes are called in the language of the page."""
    envelope, labels = document["envelope"], words(language, "pages.document")
    return PAGES.page(
        language,
        title=structure.fi if language == "fi" else structure.sv,
        words=labels,
        envelope=envelope,
        extract="extract" in document,
        dated_on=pages.day_text(envelope["dated_on"]),
        parts=view.sections(structure, document["content"], language, labels_of),
        facts=_facts(envelope, labels, language, labels_of),
    )


def _facts(
    envelope: dict[str, Any], labels: dict[str, str], language: str, labels_of: Labels
) -> list[tuple[str, str]]:
    retention = envelope.get("retention")
    data = {
        "document_id": envelope["document_id"],
        "version": str(envelope["version"]),
        "replaces": envelope.get("replaces"),
        "dated_on": pages.day_text(envelope["dated_on"]),
        "recorded_at": _recorded(envelope["recorded_at"], language),
        "organiser": _party(envelope["organiser"]),
        "producer": _party(envelope["producer"]) if "producer" in envelope else None,
        "service_task": _display(envelope.get("service_task"), labels_of),
        "service": _display(envelope.get("service"), labels_of),
        "structure": f"{envelope['number']} ({envelope['structure']})",
        "registry": _display(envelope["registry"], labels_of),
        "secrecy": labels["secret"],
        "retention": _retention(retention, labels) if retention else None,
    }
    return [(labels[name], value) for name, value in data.items() if value]


def _retention(retention: dict[str, Any], labels: dict[str, str]) -> str:
    words = labels[retention["counts_from"]].format(years=retention["years"])
    return f"{words} ({pages.day_text(retention['until'])})" if "until" in retention else words


def _display(code: dict[str, Any] | None, labels_of: Labels) -> str | None:
    if not code:
        return None
    return labels_of(code.get("system", ""), code.get("code", "")) or code.get("display") or code.get("code")


def _party(party: dict[str, Any]) -> str:
    return f"{party['name']} ({party['business_id']})" if party.get("business_id") else str(party["name"])


def _recorded(moment: str, language: str) -> str:
    local = datetime.fromisoformat(moment).astimezone(HELSINKI)
    return pages.instant_text(local.isoformat(timespec="seconds"), language)
