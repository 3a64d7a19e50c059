"""Two independent readings of the documents, compared; and a random sample, judged."""
