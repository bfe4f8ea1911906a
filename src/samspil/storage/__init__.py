"""PostgreSQL: the embedded server, the pool, migrations, backup. The only folder that knows how data lie on disk."""
