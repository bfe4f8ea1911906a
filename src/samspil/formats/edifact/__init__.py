"""EDIFACT letters: bytes to letters, letters to bytes, by the layouts of `catalogue/legacy`."""
