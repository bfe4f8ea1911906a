"""What a Service Metadata Publisher says of a participant: OASIS SMP 1.0 and 2.0, read and written."""
