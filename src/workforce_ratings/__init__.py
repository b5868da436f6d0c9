"""Workforce instability in English children's services, set beside Ofsted judgements."""

__version__ = "0.1.0"
