"""Token requests are bounded for each address: of IPv6 for each network, of IPv4 for each address, however it is written."""

import pytest
from fastapi import Request

from walmu_api.access.connected_systems.token_routes import network_of


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_who_shares_a_bound(host: str, expected: str) -> None:
    assert network_of(Request({"type": "http", "client": (host, 1)})) == expected
