"""The chapters of the story that tests/test_story.py plays."""
