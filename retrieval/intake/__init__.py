"""Articles that come in by themselves or by their addresses: feeds polled, pages fetched, files handed over."""
