"""The life story through openapi-fetch with the types that openapi-typescript makes from the contract."""

from pathlib import Path

from contract_tests.generators import tools


def test_the_life_story_in_typescript(cast: Path, tmp_path: Path) -> None:
    project = tools.typescript(tmp_path)
    assert "The story holds" in tools.run("node", "built/story.js", cast, folder=project)
