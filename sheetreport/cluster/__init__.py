"""The work of a batch on the computers of a Dask cluster.

`engine` stands for the cluster where the batch runs; it is what `worker.Workers` is on one computer. In each
Dask worker `site` passes pieces of work on to a process beside it, `host`, whose confined processes do them
within the limits of one computer. `parcel` is what every site gets once, and `alike` what a site must have in
common with the computer that asks.
"""
