"""The state of the database."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def unapplied_migrations():
    """Return the migrations that the database still lacks."""
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())
