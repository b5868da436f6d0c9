"""Running notebooks: one safely, many in order or on many workers, with pages, a record and nothing half-written."""

import sys

# papermill brings jsonschema, which loads every checker of formats that it finds; the one of international addresses (IRIs)
# compiles a grammar for it, which takes longer than all else that a command imports. No notebook has such addresses to be
# checked, so this process does without that checker.
ADDRESSES = "rfc3987_syntax"
_is_free = ADDRESSES not in sys.modules
if _is_free:
    sys.modules[ADDRESSES] = None
try:
    # First of all: papermill loads the engine of this package while it is imported itself, and finds it only if the import
    # of the engine is not what papermill's own import came from.
    import papermill as papermill
finally:
    if _is_free:
        sys.modules.pop(ADDRESSES, None)
