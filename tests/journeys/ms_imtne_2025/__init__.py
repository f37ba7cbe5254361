"""The chapters of the story that test_ms_imtne_2025.py plays."""
