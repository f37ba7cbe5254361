"""The staff's side of what spans the apps: procedures, who works on them, accounts, and what happened."""

from campaign.admin import accounts, journal, procedures, roles

__all__ = ["accounts", "journal", "procedures", "roles"]
