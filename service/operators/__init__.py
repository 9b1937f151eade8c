"""What operators see of the house: pages for /debug and a picture of a chat's state.

These modules only show; the facts are gathered by whoever owns them.
"""
