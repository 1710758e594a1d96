"""What the caller prefers: languages by Accept-Language, media types by Accept (RFC 9110, 12.4–12.5).

Werkzeug splits the headers. The choice is made here: the first offered wins among equals, and parameters of
a media type are ignored, where Werkzeug would answer 406 to `application/json;charset=utf-8`."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from walmu_api.foundation.locales import LANGUAGES
from walmu_api.foundation.problems import NOT_ACCEPTABLE

_MOST = 20
"""Further members of a header are not looked at."""
_LISTED = frozenset(',;"')


def _weighted(header: str) -> dict[str, float]:
    """What the header names, each with its weight; a member without a usable weight is passed over."""
    if _LISTED.isdisjoint(header):  # one name, as most requests have it
        return {header.strip().lower(): 1.0} if header.strip() else {}
    from werkzeug.http import parse_list_header, parse_options_header  # noqa: PLC0415 - no start waits for it

    named: dict[str, float] = {}
    for member in parse_list_header(",".join(header.split(",", _MOST)[:_MOST])):
        name, options = parse_options_header(member)
        try:
            weight = float(options.get("q", "1"))
        except ValueError:
            continue
        if name and not math.isnan(weight):
            named.setdefault(name.lower(), weight)
    return named


@lru_cache(maxsize=64)  # a system asks with the same header all day
def language_of(accepted: str | None) -> str:
    """The best of our languages; English when nothing fits. `sv-FI` is Swedish, `*` whatever is not named
    itself."""
    named = _weighted(accepted or "")
    weights: dict[str, float] = {}
    for tag, weight in named.items():
        language = tag.split("-")[0]
        if language in LANGUAGES:
            weights[language] = max(weight, weights.get(language, 0.0))
    weights |= {language: named["*"] for language in LANGUAGES if "*" in named and language not in weights}
    best = max(weights, key=lambda language: weights[language], default=LANGUAGES[0])
    return best if weights.get(best, 0.0) > 0 else LANGUAGES[0]


def names_language(accepted: str | None, tag: str) -> bool:
    """Whether exactly this tag is among those that Accept-Language would take."""
    return _weighted(accepted or "").get(tag, 0.0) > 0


@lru_cache(maxsize=64)
def media_type_of(accepted: str | None, offered: tuple[str, ...]) -> str | None:
    """The best of the offered media types, the first when all are alike; None when the caller takes none of
    them."""
    weights = _weighted(accepted or "") or {"*/*": 1.0}

    def weight(media_type: str) -> float:
        family = media_type.split("/", maxsplit=1)[0]
        for name in (media_type, f"{family}/*", "*/*"):  # the most specific counts
            if name in weights:
                return weights[name]
        return 0.0

    best = max(offered, key=weight)
    return best if weight(best) > 0 else None


def offered(answer: Mapping[str, Any], own_type: str | None) -> tuple[str, ...]:
    """The media types of a documented answer: JSON and those that it names; of one with a type of its own,
    that alone; of a file that is no message, those that it names."""
    named = tuple(answer.get("content", ()))
    if own_type is not None:
        return (own_type,)
    return named if named and "model" not in answer else ("application/json", *named)


def answer_type(accepted: Sequence[str], offered: tuple[str, ...]) -> str:
    """The media type of the answer: of those the contract names, the one the caller would rather have; else
    406."""
    best = media_type_of(", ".join(accepted), offered)
    if best is None:
        raise NOT_ACCEPTABLE()
    return best


@lru_cache(maxsize=64)  # a system sends with the same header all day
def content_type(header: str) -> tuple[str, bool]:
    """The media type, and whether its text is UTF-8, which it is when nothing is said."""
    media_type, *parameters = [part.strip().lower() for part in header.split(";")]
    charsets = {
        part.removeprefix("charset=").strip('"') for part in parameters if part.startswith("charset=")
    }
    return media_type, charsets <= {"utf-8", "utf8"}


@lru_cache(maxsize=64)
def takes_gzip(accepted: str | None) -> bool:
    """Whether the caller takes gzip, and not rather what is not encoded."""
    weights = _weighted(accepted or "")
    gzip = weights.get("gzip", weights.get("*", 0.0))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)
