"""`python -m dashboards`: the files that ship, written anew."""

from dashboards.files import write

write()
