"""Inventory: where targets come from, and what they are after sites and defaults were laid under them."""

from collector.inventory.resolve import Inventory, load_inventory

__all__ = ["Inventory", "load_inventory"]
