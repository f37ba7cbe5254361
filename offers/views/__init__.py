"""The pages of the integration: the candidate's own, and the one by which a relative answers."""
