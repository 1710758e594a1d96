"""`make story`: the main job from end to end, against the running demo or one started for it."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from walmu_api.settings import ApiSettings
from walmu_dev import tokens
from walmu_dev.console import say
from walmu_dev.errors import DemoError
from walmu_dev.operating_system import free_port
from walmu_dev.settings import DevSettings
from walmu_dev.story.steps import STEPS
from walmu_dev.story.teller import Story, StoryError


def run_story(settings: DevSettings) -> int:
    """Exit code 0 when every step held."""
    try:
        with _running(settings) as (found, process):
            return _tell(Story(found), process)
    except (StoryError, DemoError) as error:
        say(f"The story fails: {error}", who="story")
        return 1


def _tell(story: Story, process: "subprocess.Popen[str] | None") -> int:
    began = time.perf_counter()
    for number, step in enumerate(STEPS, 1):
        if process is not None and process.poll() is not None:
            raise StoryError("the demo ended")
        started = time.perf_counter()
        data = step(story)
        say(f"{number:2}. {data} ({time.perf_counter() - started:.1f} s)", who="story")
    say(f"The story holds: {len(STEPS)} steps in {time.perf_counter() - began:.0f} s", who="story")
    return 0


def _is_demo(settings: DevSettings) -> bool:
    """Whether what runs there is the demo of this data folder."""
    try:
        return bool(tokens.fetch(settings, "provider-a"))
    except DemoError:
        return False


@contextmanager
def _running(settings: DevSettings) -> Iterator[tuple[DevSettings, "subprocess.Popen[str] | None"]]:
    """The demo that runs, or one of its own in a folder that is thrown away."""
    if _is_demo(settings):
        say(f"Told against the demo at {settings.api_url}", who="story")
        yield settings, None
        return
    with tempfile.TemporaryDirectory(prefix="walmu-story-") as folder:
        own = _own_settings(settings, Path(folder))
        environment = {name: value for name, value in os.environ.items() if name != "WALMU_KEYRING"} | {
            "WALMU_DATA_DIR": str(own.data_dir),
            "WALMU_PORT": str(own.api.port),
            "WALMU_PUBLIC_URL": own.api.public_url,
            "WALMU_EHR_PORT": str(own.simulator.port),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "walmu_api.cli", "demo"],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            _await_greeting(process)
            yield own, process
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


def _own_settings(settings: DevSettings, folder: Path) -> DevSettings:
    port, ehr_port = free_port(), free_port()
    api = ApiSettings("127.0.0.1", port, f"http://127.0.0.1:{port}")
    return replace(
        settings,
        data_dir=folder / secrets.token_hex(4),
        api=api,
        simulator=replace(settings.simulator, port=ehr_port),
    )


def _await_greeting(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    data: list[str] = []
    for line in process.stdout:
        data.append(line)
        if line.startswith("Ctrl-C stops everything"):
            return
    raise StoryError("the demo did not start:\n" + "".join(data[-20:]))
