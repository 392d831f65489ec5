"""From a study to the jobs of the DAG: sweeps, tested cells, and the settings of each rule."""
