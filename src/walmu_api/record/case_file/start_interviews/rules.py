"""What holds of a start interview. Pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, UNKNOWN_CODE, Finding

STRUCTURE = "1.2.246.537.6.1506.16009.2022.6.28"
"""Summary of social welfare (sosiaalihuollon yhteenveto); there is no structure of its own."""
OCCUPATIONS = "urn:oid:1.2.246.537.6.74"
A_SKILL_SAYS = Reason("a-skill-says")
OF_OCCUPATIONS = Reason("of-occupations")
BENEFIT_ONCE = Reason("benefit-once")


def check(
    *, skills: Sequence[Mapping[str, Any]], benefits: Sequence[str], known_benefits: Collection[str]
) -> list[Finding]:
    """`skills` as they were said, without what was left out."""
    findings: list[Finding] = []
    for at, skill in enumerate(skills):
        if not {"text", "esco", "occupation", "local_code"} & set(skill):
            findings.append(INVALID_VALUE.at(f"/skills/{at}", reason=A_SKILL_SAYS))
        if "occupation" in skill and skill["occupation"]["system"] != OCCUPATIONS:
            findings.append(INVALID_VALUE.at(f"/skills/{at}/occupation/system", reason=OF_OCCUPATIONS))
    for at, code in enumerate(benefits):
        if code not in known_benefits:
            findings.append(UNKNOWN_CODE.at(f"/benefits/{at}", code_system="benefit"))
        elif code in benefits[:at]:
            findings.append(INVALID_VALUE.at(f"/benefits/{at}", reason=BENEFIT_ONCE))
    return findings
