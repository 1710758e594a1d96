"""placeholder"""


def run_story(settings: object) -> int:
    return 0
