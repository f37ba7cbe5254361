"""What the candidate's pages ask: forms that read and check what was typed, and know nothing of rights or of states."""
