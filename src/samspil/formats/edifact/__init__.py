"""UN/EDIFACT as MedCom uses it: bytes to segments to letters, and back."""
