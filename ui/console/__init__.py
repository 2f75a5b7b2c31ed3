"""The console: who keeps collections and who administers the product works here, without a command line."""
