"""What makes the database itself refuse to alter or remove entries of the audit log.

Only `clear_audit` removes any: first the head says up to which number, then the database lets go
of those. SQLite drops triggers with the table that it makes anew to alter it: a migration that
does so ends with `protect`.
"""

POSTGRESQL = [
    """
    CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND OLD.number <= (SELECT max(cleared_number) FROM audit_audithead) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'The audit log is append-only.';
    END $$
    """,
    """
    CREATE OR REPLACE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()
    """,
]
SQLITE = [
    """
    CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit_auditentry
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit_auditentry
    WHEN OLD.number > coalesce((SELECT max(cleared_number) FROM audit_audithead), 0)
    BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END
    """,
]
MAKE = {"postgresql": POSTGRESQL, "sqlite": SQLITE}
UNMAKE = {
    "postgresql": [
        "DROP TRIGGER IF EXISTS audit_append_only ON audit_auditentry",
        "DROP FUNCTION IF EXISTS audit_refuse()",
    ],
    "sqlite": [
        "DROP TRIGGER IF EXISTS audit_no_update",
        "DROP TRIGGER IF EXISTS audit_no_delete",
    ],
}


def protect(connection):
    run(connection, MAKE)


def unprotect(connection):
    run(connection, UNMAKE)


def run(connection, statements):
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
