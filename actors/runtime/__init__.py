"""Small supervised actors on anyio; they know nothing of chats or of models."""
