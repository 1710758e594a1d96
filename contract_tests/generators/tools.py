"""The generators as a vendor runs them: the command, what it made, and what it said when it did not end well."""

import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CONTRACT = ROOT / "openapi" / "walmu-v1.yaml"
CLIENTS = HERE / "clients"
NODE_TOOLS = HERE / "node_modules" / ".bin"
PYTHON_TOOLS = ROOT / ".venv-generators" / "bin"

NO_NODE = (
    "NOT CHECKED: Node.js and npm are missing (on Debian or Ubuntu: apt install nodejs npm). "
    "TypeScript types, zod schemas, Redocly, Spectral and the story in TypeScript are left out."
)


def node_is_there() -> bool:
    return shutil.which("node") is not None and shutil.which("npm") is not None


def run(*command: str | Path, folder: Path) -> str:
    """Everything that the command said. One that does not end well fails the test with it."""
    path = os.pathsep.join([str(NODE_TOOLS), str(PYTHON_TOOLS), os.environ["PATH"]])
    named = [str(part) for part in command]
    tool = shutil.which(named[0], path=path)
    assert tool is not None, f"{named[0]} is not installed: `make types` installs it"
    done = subprocess.run(
        [tool, *named[1:]],
        cwd=folder,
        env=os.environ | {"PATH": path, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(named)} ended with {done.returncode}:\n{done.stdout[-6000:]}"
    return done.stdout


def node_project(folder: Path) -> Path:
    """A TypeScript project with nothing in it yet, as strict as TypeScript is."""
    project = folder / "typescript"
    project.mkdir()
    (project / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (project / "node_modules").symlink_to(HERE / "node_modules")
    shutil.copy(CLIENTS / "tsconfig.json", project)
    return project


def typescript(folder: Path) -> Path:
    """The types of openapi-typescript, and the clients that are written against them, compiled."""
    project = node_project(folder)
    for source in CLIENTS.glob("*.ts"):
        shutil.copy(source, project)
    run("openapi-typescript", CONTRACT, "--output", "walmu.d.ts", folder=project)
    run("tsc", "--project", ".", folder=project)
    return project


def python_client(folder: Path) -> tuple[Path, str]:
    """The package of openapi-python-client with the clients that are written against it, and what it said."""
    project = folder / "python"
    command = ("openapi-python-client", "generate", "--path", CONTRACT, "--output-path", project)
    output = run(*command, folder=folder)
    for source in CLIENTS.glob("*.py"):
        shutil.copy(source, project)
    return project, output
