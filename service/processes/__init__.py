"""What `make run` supervises: the store, the queue server, the web, the workers and the scheduler."""
