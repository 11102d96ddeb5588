"""The search engine: words, filters, territory and ranking over one edition, without Flask or a database."""
