"""Sessions: one logged-in connection each, behind the read-only guard."""

from collector.sessions.contract import Opening, Session, Turn
from collector.sessions.open import open_session
from collector.sessions.replay import ReplaySession

__all__ = ["Opening", "ReplaySession", "Session", "Turn", "open_session"]
