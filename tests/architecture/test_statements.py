"""SQL has named parameters everywhere, and every call of a statement names its parameters."""

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import walmu_api
from walmu_api.foundation.statements import Arrays, Statement

PACKAGE = Path(walmu_api.__file__).parent
NOT_THE_PRODUCT = ("demo/", "adapters/ehr/simulator/", "foundation/embedded.py")
CALLS = {"fetch", "fetchrow", "fetchval", "execute", "fetchmany"}
SHARED = {
    "visibility": {"organiser", "organisation", "today"},
    "actor": {"actor_organisation", "actor_system", "actor_person"},
    "use_log": {"log_id", "operation", "purpose", "request_id"},
}
"""What the functions called `parameters` give, by whose they are."""


@cache
def modules() -> list[tuple[str, ast.Module]]:
    files = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
    return [
        (name, ast.parse(path.read_text(encoding="utf-8")))
        for name, path in files.items()
        if not name.startswith(NOT_THE_PRODUCT)
    ]


def texts(tree: ast.Module) -> Iterator[str]:
    """Every text of the code, but for docstrings."""
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if (
                isinstance(child, ast.Constant)
                and isinstance(child.value, str)
                and not isinstance(node, ast.Expr)
            ):
                yield child.value


def test_no_statement_has_parameters_by_position() -> None:
    found = {name for name, tree in modules() for text in texts(tree) if re.search(r"\$\d", text)}
    assert found == set()


def test_statements_are_made_at_import_only() -> None:
    found = {
        name
        for name, tree in modules()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"Statement", "Arrays"}
    }
    assert found == set()


def value_of(module: Any, node: ast.expr) -> Any:
    """What a name such as `LIST` or `statements.LIST` stands for in a module; None for a local one."""
    if isinstance(node, ast.Name):
        return getattr(module, node.id, None)
    return getattr(value_of(module, node.value), node.attr, None) if isinstance(node, ast.Attribute) else None


def names_given(module: Any, call: ast.Call) -> tuple[set[str], bool]:
    """The names of the values in a call, and whether these are all: another mapping may have any."""
    names, whole = set(), True
    for keyword in call.keywords:
        if keyword.arg is not None:
            names.add(keyword.arg)
            continue
        given = keyword.value
        if not (isinstance(given, ast.Call) and isinstance(given.func, ast.Attribute)):
            whole = False
            continue
        kind, owner = given.func.attr, value_of(module, given.func.value)
        if kind == "parameters" and (shared := ast.unparse(given.func.value).rpartition(".")[2]) in SHARED:
            names |= SHARED[shared]
        elif kind == "values" and isinstance(owner, Arrays):
            names |= {*Statement(str(owner)).names}
        else:
            whole = False
    return names, whole


def test_calls_name_the_parameters_of_their_statement() -> None:
    checked, wrong = 0, []
    for name, tree in modules():
        module = importlib.import_module(
            "walmu_api." + name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        )
        for call in ast.walk(tree):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args):
                continue
            statement = value_of(module, call.args[0])
            if call.func.attr not in CALLS - {"fetchmany"} or not isinstance(statement, Statement):
                continue
            names, whole = names_given(module, call)
            checked += 1
            if not names <= {*statement.names} or (whole and names != {*statement.names}):
                wrong.append((name, call.lineno, names ^ {*statement.names}))
    assert wrong == []
    assert checked > 100
