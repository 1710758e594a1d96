"""Rules of the house that hold of the source itself."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import walmu_api
import walmu_dev

PACKAGE = Path(walmu_api.__file__).parent
ROOT = PACKAGE.parents[1]
DEV = Path(walmu_dev.__file__).parent
SIMULATOR = "walmu_dev/simulator/"
FOLDERS = ("src", "tests", "contract_tests", "benchmarks", "supply_chain", "migrations")

CLOCK_MAY_BE_READ = {
    "foundation/clock.py": "the one place",
    "foundation/record_ids.py": "ids are made by the machine's time, also when a demonstration moves the clock",
    "access/tokens.py": "tokens are made and checked by programs outside, which do not share the clock",
    "access/connected_systems/issuing.py": "the same, for the assertions that tokens are given for",
    "access/connected_systems/keys.py": "the same, for the proofs of new keys",
}
WIRE_NAMES = {
    "path_not_told": "a member of the impact report",
    "working_hours_kept": "an item of the shipped assessment form",
}
LONGER_FILES = {
    "record/everyday/attendance/statements.py": "the statements of one resource, read beside each other"
}


def sources() -> Iterator[tuple[str, str]]:
    """Names in the product are relative to walmu_api; the others begin with `walmu_dev/`."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8")
    for path in sorted(DEV.rglob("*.py")):
        yield path.relative_to(DEV.parent).as_posix(), path.read_text(encoding="utf-8")


def code_of(text: str) -> str:
    """The source without comments and free-standing texts."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [each for each in body if not _is_text(each)] or [ast.Pass()]  # type: ignore[attr-defined]
    return ast.unparse(tree)


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def found(pattern: str) -> set[str]:
    return {name for name, text in sources() if re.search(pattern, code_of(text))}


def test_the_source_is_found() -> None:
    assert len(list(sources())) > 60


def test_only_the_database_module_begins_and_commits() -> None:
    spoken = found(r"""\.commit\(|\.begin\(|\.begin_nested\(|["']\s*(commit|begin|rollback)\b""")
    assert {name for name in spoken if not name.startswith(SIMULATOR)} == {"foundation/database.py"}


def test_only_the_clock_module_reads_the_clock() -> None:
    readers = found(r"datetime\.now\(|\.utcnow\(|date\.today\(|datetime\.today\(|time\.time(_ns)?\(")
    assert {name for name in readers if not name.startswith(SIMULATOR)} == set(CLOCK_MAY_BE_READ)


def test_who_leaves_the_narrowing_of_its_session_is_named() -> None:
    """Row-level security is the second net: whoever steps out of it is named here."""
    assert (
        found(r"\.without_tenant_scope\(")
        == {
            "record/parties/service_relationships/service.py",
            "record/parties/clients/identities.py",  # whose a code is, does not depend on who asks
            "record/parties/clients/service.py",
            "record/commitments/agreements/service.py",  # the conflict of a decision
            "record/everyday/service_events/service.py",
            "record/case_file/workplace_agreements/service.py",
            "exchange/changes/service.py",  # a place in the order of all rows, never a row
            "exchange/versions/service.py",
            "reports/impact/ledger.py",
            "adapters/national/exporting/export_document.py",  # the document is whole, whoever is the first to read it
        }
    )


def test_only_the_token_module_knows_python_jose() -> None:
    imported = r"(?m)^\s*(from|import) jose\b"
    assert found(imported) == {"access/tokens.py"}
    everywhere = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    knows = {path for path in everywhere if re.search(imported, code_of(path.read_text(encoding="utf-8")))}
    assert knows == {PACKAGE / "access" / "tokens.py"}


def test_nothing_is_imported_past_the_import_contracts() -> None:
    assert found(r"import_module|__import__|\bexec\(|\beval\(") == set()
    bare = {
        path.relative_to(PACKAGE.parent).as_posix()
        for package in (PACKAGE, DEV)
        for path in package.rglob("*")
        if path.is_dir() and any(path.glob("*.py")) and not (path / "__init__.py").exists()
    }
    assert bare == set()


def test_files_stay_under_about_300_lines() -> None:
    long = {name for name, text in sources() if text.count("\n") > 310}
    assert long == set(LONGER_FILES)


def test_every_module_says_what_it_is() -> None:
    silent = {name for name, text in sources() if text.strip() and not text.startswith('"""')}
    assert silent == set()


def test_rooms_have_the_usual_names() -> None:
    assert not {
        name
        for name, _ in sources()
        if Path(name).stem in {"utils", "helpers", "constants", "base", "common", "misc"}
    }


def names_in(tree: ast.AST) -> Iterator[str]:
    """Every identifier that the code gives or uses; tests are named in sentences."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg | ast.keyword):
            yield node.arg or ""
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.rpartition(".")[2]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield "" if node.name.startswith("test_") else node.name


def test_names_are_words_of_the_field() -> None:
    """A private language of earlier days: `response`, `data`, `stored` are what others call these."""
    private = re.compile(r"(?:^|_)(told|said|kept)(?:_|$)", re.IGNORECASE)
    found = {
        name
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        for name in names_in(ast.parse(path.read_text(encoding="utf-8")))
        if private.search(name)
    }
    assert found == set(WIRE_NAMES)


def test_rules_are_pure() -> None:
    impure = {
        name
        for name, text in sources()
        if name.endswith("rules.py")
        and re.search(
            r"sqlalchemy|fastapi|asyncpg|foundation\.(clock|database)|\basync\b|\.now\(", code_of(text)
        )
    }
    assert impure == set()


def test_no_statement_is_composed_from_input() -> None:
    """Values go as parameters."""
    composed = found(r"(fetch|fetchrow|fetchval|execute)\(\s*f[\"']")
    assert not {name for name in composed if not name.startswith("walmu_dev/")}


MIGRATIONS = sorted(path.name[:4] for path in (ROOT / "migrations/versions").glob("[0-9]*.py"))


@pytest.mark.parametrize("number", MIGRATIONS)
def test_migrations_stand_in_one_line(number: str) -> None:
    """Each after the one before it in the folder."""
    (file,) = (ROOT / "migrations/versions").glob(f"{number}_*.py")
    text = file.read_text(encoding="utf-8")
    at = MIGRATIONS.index(number)
    before = f'"{MIGRATIONS[at - 1]}"' if at else "None"
    assert f'revision = "{number}"' in text
    assert f"down_revision = {before}" in text


def test_the_import_contracts_hold() -> None:
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout
    assert "0 broken" in ran.stdout


def test_no_start_waits_for_what_is_seldom_asked_for() -> None:
    data = (
        "import sys, walmu_api.app; print(*({'openpyxl', 'jinja2', 'alembic', 'werkzeug'} & {*sys.modules}))"
    )
    run = subprocess.run([sys.executable, "-c", data], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
