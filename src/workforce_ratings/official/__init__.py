"""Figures taken from the releases of DfE, Ofsted and others, in the suite's own tidy columns."""
