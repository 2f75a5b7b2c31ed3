"""Tasks in the chat: picked and filled in beside the conversation, done in it."""
