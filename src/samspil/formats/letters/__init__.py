"""What EDIFACT and OIOXML share: a letter's tree of named values, its faults, and the model that is read from it."""
