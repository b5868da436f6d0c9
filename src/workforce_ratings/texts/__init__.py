"""Press articles read by program: their parts, their figures and judgements, and the themes they speak of."""
