"""Accept and Accept-Language as their grammar has them, quoted strings included."""

import pytest

from walmu_api.foundation.negotiation import language_of, media_type_of

OFFERED = ("application/json", "text/csv")


@pytest.mark.parametrize(
    ("accepted", "media_type"),
    [
        (None, "application/json"), ("*/*", "application/json"), ("text/*", "text/csv"), ("image/png", None),
        ('application/json;profile="x, y";q=0.1, text/csv;q=0.5', "text/csv"),
        ('image/png;title="a, text/csv"', None), ('image/png;title="a;q=0.1", text/csv', "text/csv"),
        ("application/json;charset=utf-8", "application/json"), ("application/json;q=0, */*", "text/csv"),
        ("application/json;q=0, text/csv;q=0.1", "text/csv"),
        ("Text/CSV, application/json", "application/json"), ("text/csv;q=0.9, */*;q=0.8", "text/csv"), (",,, text/csv", "text/csv"),
    ],
)  # fmt: skip
def test_the_best_offered_media_type_is_chosen(accepted: str | None, media_type: str | None) -> None:
    assert media_type_of(accepted, OFFERED) == media_type


@pytest.mark.parametrize("accepted", ['sv;x="a, fi"', 'fi;q=0.1;x="b,c", sv', 'sv;q="0.9", fi;q=0.5'])
def test_a_comma_or_semicolon_in_quotes_separates_nothing(accepted: str) -> None:
    assert language_of(accepted) == "sv"


@pytest.mark.parametrize(
    "accepted", ['"', 'fi;x="', "fi;q", ";", "=", "\\", 'fi;q="\\"', "fi;q*0*='", "ä" * 4000, '",' * 4000]
)
def test_a_header_that_is_no_list_does_no_harm(accepted: str) -> None:
    assert language_of(accepted) in {"en", "fi"}
    assert media_type_of(accepted, OFFERED) in {None, "application/json"}
