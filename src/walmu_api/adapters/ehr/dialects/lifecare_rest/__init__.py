"""The `lifecare_rest` dialect; its wire is described in docs/ehr-lifecare-rest.md."""

from walmu_api.adapters.ehr.dialects.lifecare_rest.gateway import LifecareRest

__all__ = ["LifecareRest"]
