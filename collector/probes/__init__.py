"""Probes: what is asked of a platform over one transport, read from data files."""
