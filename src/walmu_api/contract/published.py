"""The contract as it is sent: whole, or the part of one tag, each made and compressed once."""

import gzip
import hashlib
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from walmu_api.contract.texts import TAGS
from walmu_api.contract.tidying import without_unused
from walmu_api.foundation import preconditions, responses
from walmu_api.foundation.negotiation import takes_gzip

PART = "/openapi/{tag}.json"
TAG_OF = {tag.replace(" ", "-"): tag for tag in TAGS}
"""The tags, by how they stand in addresses."""


def part_url(tag: str) -> str:
    """Where the part of one tag is."""
    return PART.format(tag=tag.replace(" ", "-"))


def part_of(document: dict[str, Any], tag: str) -> dict[str, Any]:
    """A document of its own: the operations of one tag, and the components that they use."""
    paths = {
        path: of_tag
        for path, item in document["paths"].items()
        if (of_tag := {method: each for method, each in item.items() if tag in each["tags"]})
    }
    tags = [each for each in document["tags"] if each["name"] == tag]
    info = document["info"] | {"title": f"{document['info']['title']}: {tag}"}
    components = dict(document["components"])
    part = document | {"info": info, "paths": paths, "tags": tags, "components": components}
    without_unused(part)
    return part


@dataclass(frozen=True)
class Published:
    """A document in both encodings. Each has an ETag of its own, as a strong one stands for the same bytes."""

    plain: bytes
    packed: bytes
    tag: str

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Published":
        plain = to_json(document)
        return cls(plain, gzip.compress(plain, mtime=0), hashlib.sha256(plain).hexdigest()[:32])

    def answer(self, request: Request) -> Response:
        """As the reader takes it: most take gzip, a tenth of the bytes."""
        packs = takes_gzip(request.headers.get("accept-encoding"))
        headers = {
            "Cache-Control": "no-cache",
            "ETag": preconditions.etag(f"{self.tag}-gzip" if packs else self.tag),
            "Vary": "Accept-Encoding",
        }
        if packs:
            headers["Content-Encoding"] = "gzip"
        response = Response(self.packed if packs else self.plain, 200, headers, responses.JSON)
        return preconditions.not_modified(request, response)
