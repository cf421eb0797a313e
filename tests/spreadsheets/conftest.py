"""Who hands sheets in."""

import pytest

from tests.spreadsheets.admin_pages import make_user


@pytest.fixture
def editor(client):
    """A client whose user may add and change companies and tenancies."""
    rights = [f"{action}_company" for action in ("add", "change", "view")]
    rights += ["add_tenancy", "delete_tenancy", "export_records"]
    client.force_login(make_user("editor", *rights))
    return client
