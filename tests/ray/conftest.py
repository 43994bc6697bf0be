"""The order of the tests on a real Ray."""

import pytest

LAST = "test_without_an_address_and_a_cluster_a_ray_of_this_machine_is_started"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the one last that starts a Ray with a token: Ray's own code goes on asking for it in this process."""
    items.sort(key=lambda item: item.name == LAST)
