"""Which control is shown by which tests, and the file that says so after a run (`make evidence`)."""
