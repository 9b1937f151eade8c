"""The whole service on a clock that jumps, with random people, random trouble and random kills.

`python -m tests.simulation 4711` plays one seed again and tells what happened in it.
"""
