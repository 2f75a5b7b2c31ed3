"""Restoring a backup on an empty machine."""
