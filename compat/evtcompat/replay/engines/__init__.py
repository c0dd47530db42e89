"""Where splits are looked at: this process, others beside it, Dask, Spark."""
