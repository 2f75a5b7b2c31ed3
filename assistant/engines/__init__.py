"""What runs a language model, and which of several answers."""
