"""What candidates do with a dossier, in a real browser."""

EMAIL = "zoe@example.org"
