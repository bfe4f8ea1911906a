"""Who takes part and what they may do: organisations, endpoints, API clients, people, roles, audit."""
