"""The readable page of a document: XHTML that needs nothing from outside, in Finnish or Swedish, for screen, reader and paper."""

import base64
import hashlib
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from walmu_api.adapters.national.definitions import Structure
from walmu_api.adapters.national.page import view
from walmu_api.adapters.national.page.words import WORDS
from walmu_api.foundation.clock import HELSINKI

XHTML = "application/xhtml+xml"
PACKAGE = "walmu_api.adapters.national.page"


def language_of_page(accepted: str) -> str:
    """Labels exist in Finnish and Swedish: Finnish for whoever asks for neither."""
    return "sv" if accepted == "sv" else "fi"


def page(structure: Structure, document: dict[str, Any], language: str) -> bytes:
    """Envelope and content as a page."""
    envelope, words = document["envelope"], WORDS[language]
    told: str = _template().render(
        language=language, title=structure.fi if language == "fi" else structure.sv, words=words, envelope=envelope,
        dated_on=view.day(envelope["dated_on"]), style=Markup(_style()),  # noqa: S704 - a file of ours
        parts=view.sections(structure, document["content"], language), facts=_facts(envelope, words, language),
    )  # fmt: skip
    return told.encode()


def headers(language: str) -> dict[str, str]:
    """A page of client data: kept by nobody, framed by nobody, with its own style and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return {
        "Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept, Accept-Language",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'none'",
    }  # fmt: skip


def _facts(envelope: dict[str, Any], words: dict[str, str], language: str) -> list[tuple[str, str]]:
    retention = envelope.get("retention")
    told = {
        "document_id": envelope["document_id"], "version": str(envelope["version"]), "replaces": envelope.get("replaces"),
        "dated_on": view.day(envelope["dated_on"]), "recorded_at": _recorded(envelope["recorded_at"], language),
        "organiser": _party(envelope["organiser"]),
        "producer": _party(envelope["producer"]) if "producer" in envelope else None,
        "service_task": _display(envelope.get("service_task")), "service": _display(envelope.get("service")),
        "structure": f"{envelope['number']} ({envelope['structure']})", "registry": _display(envelope["registry"]),
        "secrecy": words["secret"],
        "retention": words[retention["counts_from"]].format(years=retention["years"]) if retention else None,
    }  # fmt: skip
    return [(words[name], value) for name, value in told.items() if value]


def _display(code: dict[str, Any] | None) -> str | None:
    return code.get("display") or code.get("code") if code else None


def _party(party: dict[str, Any]) -> str:
    return f"{party['name']} ({party['business_id']})" if party.get("business_id") else str(party["name"])


def _recorded(moment: str, language: str) -> str:
    local = datetime.fromisoformat(moment).astimezone(HELSINKI)
    return view.instant(local.isoformat(timespec="seconds"), language)


@cache
def _template() -> Any:
    # nothing runs in the page, and every value is escaped
    environment = Environment(
        loader=PackageLoader(PACKAGE, ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    )  # fmt: skip
    return environment.get_template("document.xhtml.j2")


@cache
def _style() -> str:
    return resources.files(PACKAGE).joinpath("document.css").read_text(encoding="utf-8")
