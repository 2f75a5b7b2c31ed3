"""Reading the ledger without watching people: pseudonyms, the timeline, who could see what."""
