"""The scan: what would be sent, at what pace, by which processes, and what becomes of each target."""

from collector.scan.run import ScanInterrupted, run_scan
from collector.scan.values import Observer, ScanOptions, ScanSummary, Sink

__all__ = ["Observer", "ScanInterrupted", "ScanOptions", "ScanSummary", "Sink", "run_scan"]
