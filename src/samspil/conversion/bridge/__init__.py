"""Between the generations: MedCom's FHIR messages and the letters of EDIFACT and OIOXML that they replace.

Pure: the time, fresh ids and what registers and logs know are arguments. What the target demands and nobody says is
an error that names the field; what the target cannot hold is a loss with its path.
"""
