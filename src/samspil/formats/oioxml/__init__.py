"""OIOXML letters ("Den gode …" XML): bytes to letters, letters to bytes, by the shapes of `catalogue/legacy`."""
