"""Guided flows as files: reading, checking, drawing them, and wording their endings."""

from service.flows.library import Library
from service.flows.loader import FlowsError, Mistake, load, parsed
from service.flows.words import word

__all__ = ["FlowsError", "Library", "Mistake", "load", "parsed", "word"]
