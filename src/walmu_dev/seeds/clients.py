"""A hundred clients, each with a service relationship."""

from walmu_dev import people
from walmu_dev.seeds import daily_life
from walmu_dev.seeds.decisions import SERVICE, TASK, months_before
from walmu_dev.seeds.providers import PROVIDERS, Provider, client_number
from walmu_dev.seeds.seeder import Seeder


async def fill(seeder: Seeder, provider: Provider) -> None:
    for at in range(provider.clients):
        number = client_number(provider, at)
        family_name, given_name = people.name(number)
        client = {
            "family_name": family_name,
            "given_names": given_name,
            "turvakielto": number == 6,
            "identity": {"system": "urn:oid:1.2.246.21", "value": people.identity_code(number)},
            "contact": {"phone": f"+358 40 0000 {number:03}", "municipality": "Esimerkkilä"},
            "language": "sv" if number % 9 == 4 else "fi",
            "source_id": f"seed-{provider.key}-{at}",
        }
        client_id = (await seeder.ask(provider.organiser, "POST", "/v1/clients", client))["id"]
        await _relate(seeder, provider, at, client_id)


async def _relate(seeder: Seeder, provider: Provider, at: int, client_id: str) -> None:
    begins = months_before(seeder.day, 4)
    relationship = {
        "client_id": client_id,
        "provider_id": seeder.organisations[provider.key],
        "service_task": TASK,
        "service": SERVICE,
        "service_kind": "work_activity",
        "legal_bases": ["SHL_710_1982_27E"],
        "referral": {"source": "disability_services", "received_on": begins.isoformat()},
        "responsible_workers": {
            "organiser": {
                "family_name": "Omatyöntekijä",
                "given_names": "Outi",
                "title": "sosiaalityöntekijä",
            },
            "provider": {
                "family_name": "Ohjaaja",
                "given_names": provider.name.split()[0],
                "title": "ohjaaja",
            },
        },
        "starts_on": begins.isoformat(),
        "source_id": f"seed-{provider.key}-{at}",
    }
    if provider is PROVIDERS[3] and at in daily_life.CLIENTS:
        relationship["unit_id"] = await daily_life.unit(seeder, provider)
    await seeder.ask(provider.organiser, "POST", "/v1/service-relationships", relationship)
