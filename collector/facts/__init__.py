"""Facts: their kinds, and the tables that rules and people query."""
