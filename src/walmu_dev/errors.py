"""What ends the demo or one of its commands with a sentence instead of a traceback."""


class DemoError(Exception):
    """The demo cannot go on; the text says why and what to do."""

    def __init__(self, text: str, exit_code: int = 2) -> None:
        super().__init__(text)
        self.exit_code = exit_code
