"""What messages say, in no format: one module for each kind of body, frozen dataclasses only."""
