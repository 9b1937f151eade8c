"""Guided flows: a second machine in the same conversation; pure, and in no language of its own.

Read `definition` (what a flow is), `state` (where a person stands), then `rules` (what happens).
"""
