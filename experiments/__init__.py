"""Data-set projects, the simulator and the benchmarks."""
