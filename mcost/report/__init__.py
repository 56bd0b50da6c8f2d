"""Answers -> text and pages; no statistics in here."""
