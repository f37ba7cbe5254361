"""What every test starts with: an empty cache, an empty place for files, and French; and a database that can be
emptied.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Rate limits reached by one test do not stop the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Settings) -> None:
    """Files of one test are not there in the next."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _in_french() -> Iterator[None]:
    """A test whose client read a page in English leaves its process speaking English to the next."""
    with translation.override("fr"):
        yield


@pytest.fixture(autouse=True)
def _only_where_it_can_run(request: pytest.FixtureRequest) -> None:
    """What is marked `postgresql` is skipped elsewhere: SQLite has one writer at a time, and fewer constraints."""
    if request.node.get_closest_marker("postgresql") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Between tests that commit, tables are emptied; PostgreSQL would refuse it for the journal's."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER journal_entries_stay")
            cursor.execute("ALTER TABLE journal_seal DISABLE TRIGGER journal_seals_stay")
