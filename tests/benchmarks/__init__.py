"""What this project costs and finds, beside the stock LangChain pipeline: `python -m tests.benchmarks --help`."""
