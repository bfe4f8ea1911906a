"""Writes the reference pages of profiles and rules from the tables that the judge itself goes by."""
