"""The life story through the client that openapi-python-client makes from the contract."""

from pathlib import Path

from contract_tests.generators import tools


def test_the_life_story_in_python(cast: Path, tmp_path: Path) -> None:
    project, _ = tools.python_client(tmp_path)
    assert "The story holds" in tools.run("python", "story.py", cast, folder=project)
