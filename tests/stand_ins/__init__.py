"""Servers that stand in for Google and OpenAI on loopback, in a test or as a process."""
