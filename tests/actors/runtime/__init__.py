"""The actor runtime, noun by noun."""
