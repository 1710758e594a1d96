"""A Python client from openapi-python-client: types that mypy is content with, and that say something."""

import re
from pathlib import Path

from contract_tests.generators import tools

LEFT_OUT = {"Unsupported content type application/x-ndjson", "Unsupported content_type image/svg+xml"}
"""What the generator leaves out and says so: a second form of a batch, and a picture whose figures are there as JSON."""


def test_a_python_client_is_complete_and_typed(tmp_path: Path) -> None:
    project, output = tools.python_client(tmp_path)
    warnings = re.findall(r"(?m)^(?:WARNING|ERROR|Unable) .*$", output)
    left_out = re.findall(r"Unsupported content[_ ]type [\w/.+-]+", output)
    assert set(left_out) == LEFT_OUT, output[-6000:]
    assert len(warnings) == len(LEFT_OUT), output[-6000:]
    assert "Success: no issues found" in tools.run("mypy", "--strict", ".", folder=project)
