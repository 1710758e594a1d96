"""What must hold of service, legal bases and dates; used by relationships and decisions alike. Pure."""

from collections.abc import Sequence
from datetime import date

from walmu_api.foundation.problems import UNKNOWN_CODE, Finding
from walmu_api.record.codes.rules import CodeList


def check_codes(
    *, legal_bases: Sequence[str], referral_source: str | None, day: date, lists: dict[str, CodeList]
) -> list[Finding]:
    """Unknown codes are errors; a code that was not valid on `day` is one too."""
    findings = [
        UNKNOWN_CODE.at(f"/legal_bases/{at}", code_system="legal_basis")
        for at, code in enumerate(legal_bases)
        if not lists["legal_basis"].has(code, day)
    ]
    if referral_source is not None and not lists["referral_source"].has(referral_source, day):
        findings.append(UNKNOWN_CODE.at("/referral/source", code_system="referral_source"))
    return findings
