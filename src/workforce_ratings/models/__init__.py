"""Simple models of judgements and measures. They take frames and know only the vocabulary."""
