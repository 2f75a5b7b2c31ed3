"""Backups of all that a ministry would lose, encrypted, and their restoring on an empty machine."""
