"""What developers run: generated reference pages and the default questionnaire."""
