"""What holds of a start interview. Pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from walmu_api.foundation.problems import INVALID_VALUE, UNKNOWN_CODE, Finding, Text

STRUCTURE = "1.2.246.537.6.1506.16009.2022.6.28"
"""Summary of social welfare (sosiaalihuollon yhteenveto); there is no structure of its own."""
OCCUPATIONS = "urn:oid:1.2.246.537.6.74"
A_SKILL_SAYS = Text(
    "a skill is told by a code or in words",
    "taito kerrotaan koodilla tai sanoin",
    "en färdighet anges med en kod eller i ord",
)
OF_OCCUPATIONS = Text(
    "the code belongs to code set 1.2.246.537.6.74",
    "koodi kuuluu koodistoon 1.2.246.537.6.74",
    "koden hör till kodverket 1.2.246.537.6.74",
)
BENEFIT_ONCE = Text("the benefit is there twice", "etuus on kahteen kertaan", "förmånen finns två gånger")


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
