"""Servers that a test run has for itself: in a temporary folder, on Unix sockets, stopped at the end."""
