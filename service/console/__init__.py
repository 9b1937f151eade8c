"""The console: a page on which operators see the house live, and act.

It knows the facts and the actions of `service.operators` and nothing of where they come from.
"""
