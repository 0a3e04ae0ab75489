"""How zlib is told to write and to read gzip's header and trailer."""

import zlib

GZIP = zlib.MAX_WBITS | 16
