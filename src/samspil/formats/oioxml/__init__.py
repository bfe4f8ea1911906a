"""MedCom's OIOXML letters: bytes to elements to letters, and back."""
