"""Runs one action several times at the same moment, each in a database connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.core.exceptions import ValidationError
from django.db import connection

from umkm_portal.csv_files import BadFile


def all_at_once(action, arguments, *, expected=(ValidationError, BadFile)):
    """What `action` returned, or which of the `expected` exceptions it raised, per argument."""
    barrier = Barrier(len(arguments))

    def run(argument):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return action(argument)
        except expected as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(run, arguments))
