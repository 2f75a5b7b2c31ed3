"""Whether what an answer says stands in the passages: a comparison of words and figures, without any model."""
