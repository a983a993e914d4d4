"""Claims and their evidence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClaimNumbers:
    """How claims are held against their evidence."""

    # A claim checked against sources: how near (the mean of cosine and weighted coverage) one or two sentences
    # must lie to support it, to support a part of it, and to contradict it. Chosen on half of 64 claims written
    # by hand over the seeds and on 349 claims about Wikipedia pages, each against its page. Of those called
    # supported at .55, .6 and .65, their annotators agree for 30 of 41, 21 of 29 and 19 of 24; at a partly_from
    # of .4, .45 and .5, 17, 8 and 6 of 43 that their page does not support count as partly so; with
    # contradicted_from at .5 and .55, three and one were called contradicted that are not, at .6 one of five
    # claims over the seeds about what was given up since, at .7 a third of the denied claims over the seeds were
    # missed.
    supported_from: float = 0.45
    partly_from: float = 0.45
    contradicted_from: float = 0.65
    # How far behind the nearest sentence one may lie that contradicts, and what two sentences lose beside one.
    contradicted_within: float = 0.05
    second_costs: float = 0.05
    # Which sentences tell most of a claim: the weights of its terms in the sentence, of those in the sentence and
    # the BESIDE around it on either side, of its figures, and of the cosine; and what the claim's terms that the
    # sentences ranked before do not have add, for the first lines_together. On 319 claims about Wikipedia pages
    # the best of the alternative sets of supporting sentences is among the first five for .75 by cosine, .84 by
    # terms, .87 so; a dozen neighbouring settings lie within .01 of that, ten-fold cross-validation of a linear
    # model gives .87 as well.
    line_weights: tuple[float, float, float, float] = (1.0, 0.3, 0.3, 0.3)
    beside: int = 2
    lines_together: int = 5
    line_adds: float = 0.6
    # How likely a claim is supported: a logistic function of the cosine of the first three sentences together,
    # the share of its terms in and beside them, how many of its figures and whether any of its names the first
    # lines_together lack. Fitted to 349 claims; AUROC of supported against the rest in ten-fold cross-validation
    # .86, without figures and names .79, with more features (pairs, negation, attribution, word pairs) no better.
    support_weights: tuple[float, float, float, float] = (3.35, 4.47, -1.0, -1.34)
    support_bias: float = -5.0
    # The share of what is told of a claim's names and figures (its other terms) that must be said for a verdict
    # of "supported": of true claims it is .45 at least, of nine in ten of those that another passage tells at
    # most .25; and the share from which another name, or an opposite, stands in the place of its own. The share
    # of the shared terms that stand in somebody's words from which it is no fact: at .4 to .8 no claim more or
    # less is kept.
    told_from: float = 0.4
    replaced_from: float = 0.6
    as_fact_from: float = 0.6
    # How much more another figure must stand among a figure's words than it does itself to be the one that is
    # meant. Chosen by hand: a word that stands right beside both, on the same side, counts .5.
    drawn_away: float = 0.25
    # From this nearness on it is the same in another word: "600 million euros" and "600 million".
    same_place: float = 0.5
    # How near a word of a claim that no sentence has must lie to one that it has in its place, for "supported".
    same_word: float = 0.45
