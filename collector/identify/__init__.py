"""What a device is, from what it says of itself: its system group, its chassis, its version reply."""

from collector.identify.identity import Identity, identify_captures, identify_snmprec, identifying_requests

__all__ = ["Identity", "identify_captures", "identify_snmprec", "identifying_requests"]
