"""Journeys across the apps, and what the tests stand on. Each app's own tests are in the app."""
