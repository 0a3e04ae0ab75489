"""`python -m dashboards [DOCS]`: the files that ship, written anew."""

import sys

from dashboards.files import write

write(*sys.argv[1:2])
