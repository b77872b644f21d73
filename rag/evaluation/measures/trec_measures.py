"""How good a ranking is, question by question: ir_measures, which calls trec_eval's own code by pytrec_eval.

- nDCG@10: gain 1 (or the judged grade) for each answer, discounted by the logarithm of its rank, as a share of the
  best that is possible (Järvelin and Kekäläinen, 2002; log base 2, linear gain as in trec_eval).
- RR@10: one divided by the rank of the first answer, 0 if it is not among ten (Kantor and Voorhees, 2000).
- Success@1: 1 if the first result answers, else 0.
- R@5, R@10: the share of the answers that are among the first five, ten.
- AP@10: the mean, over all answers, of the precision at the rank of each; 0 for those that are not among ten
  (Harman, 1992).
- P@5: the share of answers among the first five results.

All lie in [0, 1], higher is better. An answer is an article that the question's label names. A result counts as the
answer of its article if it contains half of the quote, or, where there is no quote, if it is of the article; further
results of an article that has been counted are left out. A judged question without results has 0 everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MEASURES = ("nDCG@10", "RR@10", "Success@1", "R@5", "R@10", "AP@10", "P@5")
MAIN = "nDCG@10"

Judged = Mapping[str, int]
"""The grade of each judged item; above 0 it answers."""


def trec_scores(items: Sequence[str]) -> dict[str, float]:
    """Return scores of a ranking that fall strictly: trec_eval breaks ties by the id, and not by the rank."""
    return {item: float(len(items) - rank) for rank, item in enumerate(items)}


def measure(rankings: Mapping[str, Sequence[str]], judgements: Mapping[str, Judged]) -> dict[str, dict[str, float]]:
    """Return for each judged question its measures, by name.

    Args:
        rankings: items of each question, best first, none twice.
        judgements: the grades of the items of each question; at least one is above 0.
    """
    # imported here, since only an evaluation needs it
    import ir_measures

    values = {question: dict.fromkeys(MEASURES, 0.0) for question in judgements}
    # numbers in place of names: trec_eval is written in C, and a name may hold what ends a string there
    names = {str(number): question for number, question in enumerate(judgements) if rankings.get(question)}
    run, qrels = {}, {}
    for number, question in names.items():
        items = dict.fromkeys([*judgements[question], *rankings[question]])
        of_item = {item: str(at) for at, item in enumerate(items)}
        run[number] = trec_scores([of_item[item] for item in rankings[question]])
        qrels[number] = {of_item[item]: grade for item, grade in judgements[question].items()}
    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    # what has no results is not asked for: it counts 0
    for value in ir_measures.iter_calc(measures, qrels, run) if run else ():
        values[names[value.query_id]][str(value.measure)] = float(value.value)
    return values
