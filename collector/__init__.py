"""Reads a hospital's infrastructure, keeps the evidence and answers a maturity model from it."""
