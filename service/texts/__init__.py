"""Everything we say to people, in Fluent: one folder per language, any number of files in each.

A sentence is found by its key. The languages hold the same keys with the same placeholders;
a test compares them, and looks for every key that the code uses.
"""

from service.texts.loader import DEFAULT, LANGUAGES, MissingTextError, Texts, nearest

__all__ = ["DEFAULT", "LANGUAGES", "MissingTextError", "Texts", "nearest"]
