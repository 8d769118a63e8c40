"""Parsing: a pure function from captures to facts. No file here opens a connection or a store."""
