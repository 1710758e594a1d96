"""Measurements: declared."""

from walmu_api.access.resource import NationalForm, ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.everyday.measurements import rules
from walmu_api.record.everyday.measurements.schemas import Measurement, MeasurementEntry

MEASUREMENT = ResourceDefinition(
    "measurement",
    "/v1/measurements",
    "measurements",
    Scope.MEASUREMENTS_READ,
    Measurement,
    MeasurementEntry,
    problems=rules.PROBLEMS,
    national=NationalForm(),
)
