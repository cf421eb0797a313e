"""The running of the site: backups, logs, figures for monitors, and whether all is well."""
