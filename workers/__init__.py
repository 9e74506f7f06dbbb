"""Work outside requests: one module per kind of job, run by `python -m workers QUEUE`, and the scheduler."""
