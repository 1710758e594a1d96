"""The sentences of the product, by key, in `locales/`: one file a language, read when it is first needed.

Code declares keys, never sentences. A native speaker edits one file alone; tests hold the files against each
other and against the code. Readable pages (`pages`) are in Finnish and Swedish (ADR 34)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic_core import PydanticCustomError

from walmu_api.foundation.data_files import read_yaml

LANGUAGES = ("en", "fi", "sv")
EASY_FINNISH = "fi-x-selko"
"""Easy Finnish (selkosuomi): a file of its own with the pages that are written in it, whole."""
_FILES = frozenset({*LANGUAGES, EASY_FINNISH})


@cache
def sections(language: str) -> dict[str, Any]:
    """The file of a language as it is written."""
    loaded: dict[str, Any] = read_yaml("walmu_api", "locales", f"{language}.yaml")
    return loaded


def words(language: str, key: str) -> Any:
    """What stands under a key: the words of a page by name, a list, or one sentence."""
    found: Any = sections(language)
    for name in key.split("."):
        found = found[name]
    return found


@cache
def sentences(language: str) -> dict[str, str]:
    """The file of a language, each sentence by its whole key, such as `problems.not-found.title`."""
    found: dict[str, str] = {}

    def collect(value: Any, key: str) -> None:
        if isinstance(value, str):
            found[key] = value
        elif isinstance(value, dict):
            for name, inner in value.items():
                collect(inner, f"{key}.{name}" if key else name)

    collect(sections(language), "")
    return found


class _Named(dict[str, Any]):
    """The values of a sentence. A value that is a text itself is put in the same language; without a value
    the braces stay."""

    def __init__(self, values: Mapping[str, Any], language: str) -> None:
        super().__init__(values)
        self._language = language

    def __getitem__(self, name: str) -> Any:
        value = self.get(name, f"{{{name}}}")
        return value.render(self._language, self) if isinstance(value, Text) else value


@dataclass(frozen=True)
class Text:
    """One sentence, by its key."""

    key: str

    def render(self, language: str, values: Mapping[str, Any]) -> str:
        template = sentences(language if language in _FILES else "en")[self.key]
        return template.format_map(_Named(values, language))


class Reason(Text):
    """Why a value does not fit: what stands for `{reason}` in the problem `invalid-value`."""

    TYPE, MESSAGE = "reason", "{reason}"
    """Type and message of the pydantic errors that carry one."""

    def __init__(self, code: str) -> None:
        super().__init__(f"reasons.{code}")

    @property
    def code(self) -> str:
        return self.key.removeprefix("reasons.")

    @property
    def context(self) -> dict[str, str | int]:
        return {"reason": self.code}

    def error(self) -> PydanticCustomError:
        """What a validator raises: the code alone, which is put into words when the answer is made."""
        return PydanticCustomError(self.TYPE, self.MESSAGE, self.context)
