"""TypeScript from the contract: types, and schemas that are checked at run time."""

from pathlib import Path

from contract_tests.generators import tools


def test_types_are_sound_and_say_something(tmp_path: Path) -> None:
    tools.typescript(tmp_path)


def test_zod_schemas_are_sound(tmp_path: Path) -> None:
    project = tools.node_project(tmp_path)
    tools.run("openapi-zod-client", tools.CONTRACT, "--output", "walmu.ts", folder=project)
    libraries_are_not_ours = ("--skipLibCheck", "--exactOptionalPropertyTypes", "false")
    tools.run("tsc", "--project", ".", *libraries_are_not_ours, folder=project)
    loaded = tools.run("node", "built/walmu.js", folder=project)
    assert not loaded
