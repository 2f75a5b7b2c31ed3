"""Tasks on texts that somebody brings: condensed, rewritten, translated, compared, each result checked and cited."""
