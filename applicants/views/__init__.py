"""The pages of a dossier: they read, call an act, and show its refusal in its own words. No rule is written here."""
