"""What a process tells its operators of itself: traces, metrics, health. Never a text, and nobody's name."""
