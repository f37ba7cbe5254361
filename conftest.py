"""What every test starts with: an empty cache and an empty place for files."""

from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Rate limits reached by one test do not stop the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Settings) -> None:
    """Files of one test are not there in the next."""
    settings.MEDIA_ROOT = tmp_path / "media"
