"""Questionnaires: answers written into a user's workbook, everything else in it left as it was."""
