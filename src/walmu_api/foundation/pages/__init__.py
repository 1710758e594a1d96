"""Readable pages of client data (XHTML): whole in themselves, in Finnish or Swedish, for screen, reader and
paper.

A kind of page brings a template that extends `page.xhtml.j2`, and a style beside the one all pages share.
Nothing runs in a page, every value is escaped, nothing is asked from outside, and nobody keeps it."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from walmu_api.foundation.locales import words
from walmu_api.foundation.negotiation import language_of
from walmu_api.foundation.patterns import without_odd

if TYPE_CHECKING:
    from jinja2 import Environment

XHTML = "application/xhtml+xml"
_SHARED = "walmu_api.foundation.pages"


@dataclass(frozen=True)
class Pages:
    """One kind of page: where its template and style lie."""

    package: str
    template: str
    style: str

    def page(self, language: str, **values: Any) -> bytes:
        template = _environment(self.package).get_template(self.template)
        style = Markup(_style(self))  # noqa: S704 - files of ours
        data: str = template.render(
            language=language, style=style, skip=words(language, "pages.skip"), **values
        )
        return str(without_odd(data)).encode()

    def headers(self, language: str) -> dict[str, str]:
        """Framed by nobody, with its own style and nothing else."""
        digest = base64.b64encode(hashlib.sha256(_style(self).encode()).digest()).decode()
        return {
            "Content-Language": language,
            "Vary": "Accept, Accept-Language",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; "
            "base-uri 'none'; form-action 'none'",
        }


def documented(description: str, title: str) -> dict[str, Any]:
    """A page as a media type of an answer in the contract."""
    example = f'<html xmlns="http://www.w3.org/1999/xhtml" lang="fi"><head><title>{title}</title></head><body/></html>'
    return {XHTML: {"schema": {"type": "string", "description": description}, "example": example}}


def language_of_page(accepted: str | None) -> str:
    """Pages are in Finnish or Swedish: Finnish for whoever asks for neither."""
    return "sv" if language_of(accepted) == "sv" else "fi"


def day_text(value: str) -> str:
    """3.11.2026, 11/2026 or 2026, of a day, a month or a year."""
    parts = [str(int(part)) for part in value.split("-")]
    if len(parts) == 2:
        return f"{parts[1]}/{parts[0]}"
    return ".".join(reversed(parts))


def instant_text(value: str, language: str) -> str:
    """3.11.2026 klo 9.00, as it was written; another zone than Finland's is told."""
    date, separator, time = value.partition("T")
    if not separator:
        return day_text(date)
    zone = time[8:].lstrip(".0123456789")
    data = f"{day_text(date)} {words(language, 'pages.at')} {int(time[:2])}.{time[3:5]}"
    return data if zone in {"+02:00", "+03:00"} else f"{data} ({'UTC' if zone == 'Z' else 'UTC' + zone})"


@cache
def _environment(package: str) -> "Environment":
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - no start waits for it

    loader = ChoiceLoader([PackageLoader(package, ""), PackageLoader(_SHARED, "")])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


@cache
def _style(pages: Pages) -> str:
    shared = resources.files(_SHARED).joinpath("page.css").read_text(encoding="utf-8")
    return shared + resources.files(pages.package).joinpath(pages.style).read_text(encoding="utf-8")
