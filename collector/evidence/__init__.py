"""Evidence: what is taken out of captures before they are kept, capture folders, and checks of what is stored."""
