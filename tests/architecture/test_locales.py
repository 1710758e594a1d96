"""The sentences in `locales/`: every key that code uses is there in every language, none is left over, and what stands in
braces is the same in every language and is what the code fills in."""

import ast
import importlib
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from pydantic import BaseModel
from typing_extensions import TypeAliasType

import walmu_api
from walmu_api import contract
from walmu_api.contract.catalogue import SAMPLE
from walmu_api.foundation.locales import EASY_FINNISH, LANGUAGES, Reason, Text, sections, sentences, words
from walmu_api.foundation.problems import ProblemType
from walmu_api.foundation.schema_types import values_of
from walmu_api.record.case_file.disclosures.schemas import DisclosedGroup
from walmu_api.record.case_file.permissions.schemas import FieldGroup, Purpose
from walmu_api.record.case_file.plans.schemas import PlanKind
from walmu_api.record.case_file.start_interviews import document as interview_document
from walmu_api.record.case_file.start_interviews.schemas import Skill
from walmu_api.record.commitments.agreements.parts import Insurance
from walmu_api.record.commitments.decisions.schemas import Travel
from walmu_api.record.everyday.measurements.schemas import MeasurementEntry, MeasurementScore
from walmu_api.record.everyday.work_diary.schemas import Performance
from walmu_api.record.parties.codes.shipped import shipped_lists
from walmu_api.reports.follow_up.schemas import DayState, Justified
from walmu_api.reports.overview.schemas import DecisionInForce, EndsNext, PathStep

PACKAGE = Path(walmu_api.__file__).parent
DYNAMIC = {PACKAGE / "foundation" / name for name in ("locales.py", "problems.py", "reasons.py")}
"""Where keys are put together from codes."""

IN_A_PATH = "id"
"""Stays in its braces: `POST /v1/agreements/{id}/sign`."""
IN_PAGES = ("fi", "sv")
"""Readable pages are in these."""
FOR_READERS = ("pages.", "documents.")
NONE_WRONG: dict[str, list[str]] = {language: [] for language in LANGUAGES}


def placeholders(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None) - {
        IN_A_PATH
    }


@cache
def modules() -> dict[Path, tuple[ast.Module, ModuleType]]:
    """Every module of the product that may declare or fill in a sentence."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        if "simulator" not in parts and parts[0] != "demo":
            name = ".".join(("walmu_api", *parts)).removesuffix(".__init__")
            found[file] = (ast.parse(file.read_text()), importlib.import_module(name))
    return found


def resolved(node: ast.expr, module: ModuleType) -> Any:
    """What a name, or a name in a module, stands for; None when only the running code knows."""
    match node:
        case ast.Name(name):
            return getattr(module, name, None)
        case ast.Attribute(ast.Name(owner), name):
            return getattr(getattr(module, owner, None), name, None)
    return None


def calls() -> Iterator[tuple[Path, ModuleType, ast.Call]]:
    for file, (tree, module) in modules().items():
        yield from ((file, module, node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def used() -> set[str]:
    """Every key that code names, `fix` of problems aside."""
    keys: set[str] = set()
    for file, module, call in calls():
        created = resolved(call.func, module)
        if created is ProblemType:
            named = {each.arg: ast.literal_eval(each.value) for each in call.keywords}
            code = named.get("texts") or ast.literal_eval(call.args[0])
            keys |= {f"problems.{code}.{member}" for member in ("title", "detail")}
        elif created in (Reason, Text) and (file not in DYNAMIC or isinstance(call.args[0], ast.Constant)):
            key = ast.literal_eval(call.args[0])
            keys.add(f"reasons.{key}" if created is Reason else key)
    return keys


def test_every_sentence_that_code_names_is_there_in_every_language() -> None:
    keys = used()
    assert len(keys) > 350
    assert {language: sorted(keys - set(sentences(language))) for language in LANGUAGES} == NONE_WRONG


def test_no_sentence_is_left_over() -> None:
    keys = used()
    fixes = {
        key.replace(".title", ".fix")
        for key in keys
        if key.startswith("problems.") and key.endswith(".title")
    }
    left = {
        language: sorted(set(sentences(language)) - keys - fixes - of_pages(language))
        for language in LANGUAGES
    }
    assert left == NONE_WRONG


def test_every_language_has_the_same_keys() -> None:
    everywhere = {language: sorted(set(sentences(language)) - of_pages(language)) for language in LANGUAGES}
    assert everywhere == dict.fromkeys(LANGUAGES, everywhere["en"])


def test_a_sentence_has_the_same_values_in_every_language_and_words_of_its_own() -> None:
    for key in [*sentences("en"), *of_pages("fi")]:
        data = [
            sentences(language)[key] for language in (IN_PAGES if key.startswith(FOR_READERS) else LANGUAGES)
        ]
        assert all(data), key
        assert len({placeholders(each) for each in data}) == 1, data
        assert "" not in placeholders(data[0]), key
        assert not any("{{" in each for each in data), "braces are only undone where values are filled in"
        if key.startswith(("problems.", "reasons.", "phrases.")):
            assert all(each == each.strip() for each in data), key
            assert len(set(data)) == len(LANGUAGES), data


def of_pages(language: str) -> set[str]:
    """What only pages and documents say."""
    return {key for key in sentences(language) if key.startswith(FOR_READERS)}


def closed(model: type[BaseModel], member: str) -> set[str]:
    """The values of a member that has only these."""
    annotation = model.model_fields[member].annotation
    return {
        value
        for each in (annotation, *get_args(annotation))
        if isinstance(each, TypeAliasType)
        for value in values_of(each)
    }


def in_templates(folder: Path, *only: str) -> set[str]:
    """`words.name` in the templates of a page."""
    files = [file for file in folder.glob("*.j2") if not only or file.name in only]
    found = (re.findall(r"\bwords\.([a-z_]+)", file.read_text()) for file in files)
    return {name for names in found for name in names}


OVERVIEW, DOCUMENT = PACKAGE / "reports/overview/page", PACKAGE / "adapters/national/exporting/page"


GROUPS: dict[str, set[str]] = {
    "pages.day_states": set(values_of(DayState)),
    "pages.absences.by_law": closed(Justified, "result"),
    "pages.absences.by_notice": closed(Justified, "result"),
    "pages.steps": closed(PathStep, "what"),
    "pages.ends": closed(EndsNext, "resource_type"),
    "pages.plan_kinds": set(values_of(PlanKind)),
    "pages.decision_kinds": closed(DecisionInForce, "kind"),
    "pages.overview": in_templates(OVERVIEW) | {"calendar_picture", "days_attended"},
    "pages.document": in_templates(DOCUMENT)
    | {
        "document_id",
        "version",
        "replaces",
        "dated_on",
        "recorded_at",
        "organiser",
        "producer",
        "service_task",
        "service",
        "structure",
        "registry",
        "secrecy",
        "secret",
        "retention",
        "closing_of_last_case",
        "death_of_client",
    },
    "documents.agreement": {"week", "days_per_week", "meal", "no_meal"},
    "documents.insurance": closed(Insurance, "taken_by"),
    "documents.decision": {"days_per_week", "travel_note", "place"},
    "documents.travel": closed(Travel, "arrangement"),
    "documents.diary": {"tasks", "went", "support_given", "form"},
    "documents.diary_ratings": set(shipped_lists()["performance_rating"].codes),
    "documents.diary_forms": closed(Performance, "form"),
    "documents.interview": set(interview_document.PARTS),
    "documents.skill_levels": closed(Skill, "level"),
    "documents.measurement": {"assisted", "answered"},
    "documents.measurement_phases": closed(MeasurementEntry, "phase"),
    "documents.measurement_modes": closed(MeasurementEntry, "mode"),
    "documents.respondents": closed(MeasurementEntry, "respondent"),
    "documents.missing_scores": closed(MeasurementScore, "missing_reason"),
    "documents.field_groups": set(values_of(FieldGroup)) | set(values_of(DisclosedGroup)),
    "documents.purposes": set(values_of(Purpose)),
    "documents.recipients": {"system", "not_named"},
}
"""What is looked up by a value of the record, or by the name of a word in a template."""


def words_of_pages() -> set[str]:
    """Every key that pages and documents look up."""
    asked = {
        str(constant.value)
        for _, module, call in calls()
        if resolved(call.func, module) is words
        for constant in ast.walk(call.args[1])
        if isinstance(constant, ast.Constant)
    }
    assert {group for group in GROUPS if not any(f"{group}.".startswith(f"{key}.") for key in asked)} == set()
    lists = {"pages.months", "pages.weekdays"}
    single = {key for key in asked if not any(f"{group}.".startswith(f"{key}.") for group in GROUPS)} - lists
    return single | {f"{group}.{name}" for group, names in GROUPS.items() for name in names}


def test_the_pages_have_every_word_they_ask_for_and_none_is_left_over() -> None:
    asked = words_of_pages()
    for language in IN_PAGES:
        assert sorted(of_pages(language) ^ asked) == [], language
        months, weekdays = words(language, "pages.months"), words(language, "pages.weekdays")
        assert (len(set(months)), len(set(weekdays))) == (12, 7)


def needed(text: Text) -> frozenset[str]:
    return placeholders(sentences("en")[text.key])


def given(node: ast.expr, module: ModuleType) -> frozenset[str] | None:
    """What the sentence that stands for a value asks for in its turn; None where only the running code knows."""
    if isinstance(node, ast.IfExp):
        both = [given(each, module) for each in (node.body, node.orelse)]
        return None if None in both else frozenset().union(*(each for each in both if each is not None))
    value = resolved(node, module)
    return needed(value) if isinstance(value, Text) else None


def filled_in() -> Iterator[tuple[str, ProblemType, ast.Call, ModuleType]]:
    """Where code makes a problem or a finding and names its values."""
    for file, module, call in calls():
        target = (
            call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "at" else call.func
        )
        kind = resolved(target, module)
        if isinstance(kind, ProblemType) and not any(each.arg is None for each in call.keywords):
            yield f"{file.relative_to(PACKAGE)}:{call.lineno}", kind, call, module


def test_code_fills_in_what_a_problem_names_and_nothing_else() -> None:
    wrong, seen = [], 0
    for place, kind, call, module in filled_in():
        seen += 1
        named = {each.arg: each.value for each in call.keywords if each.arg}
        wanted = set(needed(kind.detail) | (needed(kind.fix) if kind.fix else frozenset()))
        inner = {
            name: given(value, module)
            for name, value in named.items()
            if name in {"reason", "why", "outside", "allowed"}
        }
        known = wanted.union(*(each for each in inner.values() if each is not None))
        if not known <= set(named) or (None not in inner.values() and set(named) != known):
            wrong.append((place, kind.code, sorted(named), sorted(known)))
    assert seen > 150
    assert wrong == []


def test_the_samples_of_the_catalogue_fill_in_every_problem() -> None:
    for kind in contract.KINDS.values():
        for text in (kind.title, kind.detail, *([kind.fix] if kind.fix else [])):
            assert needed(text) <= set(SAMPLE), kind.code


def test_the_title_of_a_problem_names_no_value() -> None:
    assert [kind.code for kind in contract.KINDS.values() if needed(kind.title)] == []


def test_easy_finnish_has_the_page_of_a_client_whole_and_its_pictures() -> None:
    """Half a page in easy Finnish is none."""
    plain, easy = sentences("fi"), sentences(EASY_FINNISH)
    of_page = in_templates(OVERVIEW, "client.xhtml.j2", "marks.xhtml.j2") | {
        "days_attended",
        "not_enough_reported",
    }
    other = (
        "pages.document.",
        "pages.overview.",
        "pages.skip",
        "pages.at",
        "pages.yes",
        "pages.no",
        "documents.",
    )
    wanted = {key for key in plain if key.startswith("comparison_chart.")}
    wanted |= {key for key in of_pages("fi") if not key.startswith(other)} | {
        f"pages.overview.{name}" for name in of_page
    }
    wanted |= {key for key in plain if key.startswith("documents.diary")}
    assert sorted(wanted ^ set(easy)) == []
    assert {key: placeholders(text) for key, text in easy.items()} == {
        key: placeholders(plain[key]) for key in easy
    }
    assert (len(words(EASY_FINNISH, "pages.months")), len(words(EASY_FINNISH, "pages.weekdays"))) == (12, 7)
    known = shipped_lists()
    for name in (
        "attendance_status",
        "absence_reason",
        "service_kind",
        "legal_basis",
        "agreement_kind",
        "referral_source",
        "onward_path",
        "diary_kind",
    ):
        assert [code.code for code in known[name].codes.values() if not code.easy_fi] == [], name


def test_a_day_is_called_the_same_on_pages_and_in_the_code_list() -> None:
    known = shipped_lists()["attendance_status"].codes
    for language in IN_PAGES:
        states = words(language, "pages.day_states")
        assert {code: label for code, label in states.items() if code != "unreported"} == {
            code: getattr(value, language).lower() for code, value in known.items() if code != "voided"
        }


def test_the_files_hold_sentences_and_nothing_else() -> None:
    def leaves(value: Any) -> Iterator[Any]:
        if isinstance(value, dict):
            for inner in value.values():
                yield from leaves(inner)
        elif isinstance(value, list):
            yield from value
        else:
            yield value

    for language in LANGUAGES:
        assert {type(each) for each in leaves(sections(language))} == {str}, language
