"""The processes that notebooks run in: forked from a warm parent where the system can, ordinary ones elsewhere."""
