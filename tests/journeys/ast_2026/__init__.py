"""The chapters of the story that test_ast_2026.py plays."""
