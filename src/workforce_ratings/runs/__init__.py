"""Running notebooks safely, rendering their reports, and keeping a record of each run.

Nothing here knows of models, councils or charts: a notebook, its parameters and the page it should give
come from the caller. A notebook that fails for whatever reason costs one sentence, never a report that was
good.
"""
