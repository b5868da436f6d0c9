"""Running notebooks: one safely, many in order or on many workers, with pages, a record and nothing half-written."""

# First of all: papermill loads the engine of this package while it is imported itself, and finds it only if the import
# of the engine is not what papermill's own import came from.
import papermill as papermill
