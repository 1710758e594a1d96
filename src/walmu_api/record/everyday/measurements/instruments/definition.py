"""Instruments: declared."""

from walmu_api.access.resource import ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.everyday.measurements.instruments import rules
from walmu_api.record.everyday.measurements.instruments.schemas import Instrument, InstrumentEntry

INSTRUMENT = ResourceDefinition(
    "instrument",
    "/v1/instruments",
    "measurements",
    Scope.MEASUREMENTS_READ,
    Instrument,
    InstrumentEntry,
    problems=rules.PROBLEMS,
    addressed_by="source_id",
)
