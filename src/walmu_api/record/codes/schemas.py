"""Code systems on the wire."""

from pydantic import Field

from walmu_api.foundation.wire import Day, Line, Message


class CodeLabel(Message):
    code: Line
    fi: Line
    sv: Line | None = None
    en: Line | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None


class CodeSystem(Message):
    """A code system (koodisto): labels in Finnish, Swedish and English where they are known."""

    EXAMPLE = {
        "name": "absence_reason", "verified": True, "source": "Walmu",
        "codes": [{"code": "own_illness", "fi": "Oma sairaus", "sv": "Egen sjukdom", "en": "Own illness"}],
    }  # fmt: skip

    name: Line = Field(description="Our name, or the OID of a national code set.", examples=["absence_reason"])
    verified: bool = Field(description="False: only a part of the list is known here; other codes pass with a warning.")
    source: Line
    codes: list[CodeLabel]
