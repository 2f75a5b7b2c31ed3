"""The review at `/audit`: what the ledger says of people's acts, for auditors alone."""
