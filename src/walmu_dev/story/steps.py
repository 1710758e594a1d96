"""The steps of the story in their order, each a function that says in one sentence what held."""

from walmu_dev.story import provider_steps, record_system_steps

STEPS = (
    provider_steps.catch_up,
    provider_steps.decide,
    provider_steps.appear,
    provider_steps.sign,
    provider_steps.post_the_month,
    provider_steps.send_again,
    provider_steps.correct,
    provider_steps.justify,
    record_system_steps.stop_the_record_system,
    record_system_steps.exactly_once,
    record_system_steps.extend,
    record_system_steps.revoke,
    record_system_steps.keep_apart,
    record_system_steps.audit,
)
