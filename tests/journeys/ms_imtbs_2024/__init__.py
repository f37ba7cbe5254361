"""The chapters of the story that test_ms_imtbs_2024.py plays."""
