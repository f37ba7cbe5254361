"""The staff's side of what spans the apps: who works on a procedure, and what happened in it."""

from campaign.admin import journal, people

__all__ = ["journal", "people"]
