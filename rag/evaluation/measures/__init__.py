"""Results to means with intervals: TREC measures, abstention, comparison."""
