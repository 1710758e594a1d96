"""Who takes part in the demo: organisers, providers and workplaces."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Provider:
    """A provider of the demo: how many clients it serves, and how many of them have a signed agreement."""

    key: str
    organiser: str
    name: str
    business_id: str
    clients: int
    agreements: int


PROVIDERS = (
    Provider("provider-a", "organiser-a", "Kotolan toimintakeskus", "9000001-1", 40, 36),
    Provider("provider-b", "organiser-a", "Työpaja Verstas", "9000003-8", 25, 20),
    Provider("provider-c", "organiser-a", "Valmennus Välipiste", "9000004-6", 25, 20),
    Provider("provider-d", "organiser-b", "Rannikon työtoiminta", "9000005-4", 10, 8),
)
ORGANISERS = {
    "organiser-a": ("Esimerkkilän hyvinvointialue", "9000011-8"),
    "organiser-b": ("Mallimaan hyvinvointialue", "9000012-6"),
}
WORKPLACES = {
    "workplace-a": "Kahvila Kulma",
    "workplace-b": "Taimitarha Vihreä",
    "workplace-c": "Varastopalvelu Hylly",
}


def client_number(provider: Provider, at: int) -> int:
    """The number of the provider's client `at` among all clients of the demo."""
    return sum(each.clients for each in PROVIDERS[: PROVIDERS.index(provider)]) + at
