"""A decision as its national document (11053, 11052) says it, and back. The names are those of the tables of
the structures.

Days, allowance, travel and place have no field there: they stand as fixed sentences in what is said of the
arrangement of the service, in Finnish in every document; a page has them in the language of its reader. The
structured values stay ours. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from walmu_api.foundation.locales import words
from walmu_api.foundation.problems import UNKNOWN_CODE, invalid

OUTCOMES = {"granted": ("1", "Myönteinen"), "denied": ("2", "Kielteinen")}
"""The codes of ratkaisun laji that are proven; for what is granted in part the code is told in
`outcome_code`."""
_SYSTEM = "urn:oid:1.2.246.537.6.1248"


def as_document(
    record: Mapping[str, Any], legal_bases: Mapping[str, str], language: str = "fi"
) -> dict[str, Any]:
    """The members of a decision (as JSON), ready for the table. `legal_bases`: the name of each code in that
    language."""
    data = dict(record)
    if "outcome_code" not in data and record["outcome"] in OUTCOMES:
        code, display = OUTCOMES[record["outcome"]]
        data["outcome_code"] = {"system": _SYSTEM, "code": code, "display": display}
    if "legal_text" not in data:
        data["legal_text"] = "\n".join(legal_bases.get(code, code) for code in record["legal_bases"])
    if arrangement := provision(record, language):
        values = record.get("provision_details")
        data["provision_details"] = f"{values}\n{arrangement}" if values else arrangement
    return data


def work_allowance(amount: str, language: str) -> str:
    """What is paid for a day, in a sentence."""
    euros = f"{Decimal(amount):.2f}".replace(".", ",")
    return str(words(language, "documents.work_allowance").format(amount=euros))


def provision(record: Mapping[str, Any], language: str = "fi") -> str:
    """The fixed sentences on days, allowance, travel and place."""
    days, amount = record.get("days_per_week"), record.get("work_allowance_per_day")
    travel, place = record.get("travel"), record.get("place")
    templates = words(language, "documents.decision")
    sentences = []
    if days is not None:
        sentences.append(templates["days_per_week"].format(days=days))
    if amount is not None:
        sentences.append(work_allowance(amount, language))
    if travel is not None:
        sentences.append(words(language, "documents.travel")[travel["arrangement"]])
        if "note" in travel:
            sentences.append(templates["travel_note"].format(note=travel["note"]))
    if place is not None:
        sentences.append(templates["place"].format(place=place))
    return "\n".join(sentences)


def from_document(ours: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an entry from what the table read, but for whose it is and on which legal basis. The
    outcome follows from its code; of a code that is not known nothing is guessed. A decision that tells no
    first day is valid from its own day."""
    data = {name: value for name, value in ours.items() if not name.startswith("@")}
    code = data.get("outcome_code", {}).get("code")
    words = [word for word, (known, _) in OUTCOMES.items() if known == code]
    if not words:
        raise invalid(UNKNOWN_CODE.at("/outcome_code", code_system="1.2.246.537.6.1248"))
    data["outcome"] = words[0]
    if "decided_on" in data:
        data.setdefault("valid_from", data["decided_on"])
    return data
