"""The exchange's statements, one module for each thing they change; no decisions here."""
