"""Tests of the models we can ask."""
