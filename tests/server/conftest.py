"""A site of its own for each test of a server: a copy of one that was built once."""

import pytest

from tests.sites import built_site, copied_site, shared_folder


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name == "server":
            item.add_marker(pytest.mark.database)


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    with built_site(shared_folder(tmp_path_factory)) as site:
        yield site


@pytest.fixture
def site(built, tmp_path):
    site = copied_site(tmp_path, built)
    yield site
    site.remove()
