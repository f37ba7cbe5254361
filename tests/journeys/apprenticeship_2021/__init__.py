"""The chapters of the story that test_apprenticeship_2021.py plays."""
