"""The chapters of the story that test_iim_second_cycle.py plays."""
