"""What MedCom's EDIFACT and OIOXML letters look like, as tables: shapes, layouts and code pairs, and their loaders."""
