"""Guided flows as files: reading, checking, drawing them, and wording their endings."""

from service.flows.library import Guides, Library
from service.flows.loader import FlowsError, Mistake, load, parsed

__all__ = ["FlowsError", "Guides", "Library", "Mistake", "load", "parsed"]
