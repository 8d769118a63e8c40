"""Reports: what a scan found, for people and for other programs."""
