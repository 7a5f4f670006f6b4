"""The tool behind ./pith: it builds, runs, tests, measures and checks the Pith operating system."""
