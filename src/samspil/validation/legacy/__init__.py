"""Rules for the legacy letters, EDIFACT and OIOXML alike, over the tree that both are read into."""
