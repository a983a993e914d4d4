"""Search, copies among articles, answers, the latest position, and claims with their evidence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SearchNumbers:
    """How passages are found and ranked."""

    # Share of the word score in the fused score.
    words_weight: float = 0.5
    # The same where the question is in another language than the article, and the embedding model knows both:
    # they share names at most. Ten short articles in eight languages beside the seeds, asked for in eight
    # languages, come first for 66 of 80 questions, at .5 for 30; twenty of them among 447 English news articles,
    # for 60 questions in a language that the article sought is not in: MRR .32, .54, .66 and .70 at .5, .3, .1
    # and 0. These questions name nobody, so not 0.
    foreign_words_weight: float = 0.1
    # What the newest article gains over one that is old beyond measure.
    recency_weight: float = 0.2
    # The same for a question about now ("still", "currently", "latest").
    now_recency_weight: float = 0.6
    # What an article of the time that a question loosely names ("this week") gains.
    window_weight: float = 0.3
    # What a passage gains by its article's second and third best: at 0 to 0.2 in steps of .05, Hits@1 on the news
    # set ran .56, .61, .68, .70, .67.
    support_weight: float = 0.15
    # What remains of a passage's score for each better passage of its article: without it (1.0) ten passages came
    # from too few articles, Hits@10 over the first ten of them was .91; at .9 it is .955.
    variety: float = 0.9
    # Two passages of one story this near say the same: copies reach 1, passages of the two rewrites among the
    # seeds .86.
    same_passage: float = 0.9
    # The recency scale is the span in days of the newest recency_articles articles, kept between these bounds: a
    # corpus fed daily is asked about the last weeks, one of five articles about the last year.
    recency_articles: int = 100
    recency_days: tuple[int, int] = (30, 365)
    # How many passages each side brings before they are fused.
    candidates: int = 150
    # A filter that leaves at most this many passages is scored exactly; Chroma's own filters take seconds.
    exact_passages: int = 3_000
    # Passages asked of Chroma where a filter leaves more than that.
    over_fetch: int = 1_000


@dataclass(frozen=True, slots=True)
class DuplicateNumbers:
    """What counts as a copy or a rewrite of a stored article."""

    # Stored articles compared with a new one, and how near their mean vectors must lie.
    candidates: int = 5
    cosine: float = 0.55
    # Published at most this many days apart, two articles may tell of the same occasion.
    days: int = 3
    # A copy: this share of the shorter article's runs of five words stands in the longer one. Far apart in time
    # it takes nearly all: columns repeat themselves, and what was announced is printed again as done. Of the pairs
    # with .7 and more in news, blogs and reports six have .74 to .95, none of them copies, and a copy 1.0.
    copy_cosine: float = 0.75
    copy_containment: float = 0.5
    late_copy_containment: float = 0.97
    # Unless both have so many figures, and no more than this share of them in common: bulletins made from a form.
    copy_count: int = 3
    copy_numbers: float = 0.5
    # A rewrite of an agency's piece, by mean vectors; how much shorter the one may be; by names and numbers with
    # terms, and some of the numbers; or by so many numbers with fewer terms. Over the seeds, three affairs of one
    # set and ten of another, in four languages, the 14 rewrites reach .60 and either .81 of the names with .47 of
    # the terms or, in German, .88 of six numbers with .42; the 50 other near pairs at most .73 with .42, and .75
    # of three numbers. Of 651 near pairs of two outlets in US news this adds one to five that were known.
    rewrite_cosine: float = 0.55
    rewrite_length: float = 0.4
    rewrite_names: float = 0.75
    rewrite_terms: float = 0.45
    rewrite_named_numbers: float = 0.5
    rewrite_count: int = 4
    rewrite_numbers: float = 0.85
    rewrite_counted_terms: float = 0.4


@dataclass(frozen=True, slots=True)
class PositionNumbers:
    """How the latest position is told, for questions about now or about change."""

    # For a question about now or about change, the passages looked into beside the best: so many of each stretch
    # of time. The newest is the day of the newest article, each one before has so many times as many articles.
    # Not tuned.
    slice_growth: int = 8
    slices: int = 5
    era_passages: int = 8
    # Passages of each that are compared with the matter, and passages that tell what the matter is. Not tuned.
    era_candidates: int = 40
    matter_examples: int = 3
    # Days within which two statements are of one time, and sentences about the matter whose vectors are made: so
    # many of a passage, so many in all.
    same_time: int = 14
    per_passage: int = 4
    positions: int = 40
    # What a statement gains by telling that a position changes. Not tuned.
    position_gain: float = 0.15
    # What it gains by naming the person whose position is asked for. Over thirteen affairs and five other corpora two
    # questions more are right with it and none fewer; with a gain for countries and bodies, two fewer.
    person_gain: float = 0.35
    # The names that the passage of a statement about the matter shares with those that name all that is asked about,
    # where it does not itself: a paper of the country seldom names it. Not tuned.
    shared_names: int = 2
    # The share of the strongest statement's score from which the newest article is on the matter and leads, that
    # where it tells of a turn, and that from which an older one stands beside it.
    lead_from: float = 0.75
    turn_from: float = 0.6
    beside_from: float = 0.5
    # Of its article, the first statement leads that tells such a share of what the strongest does: read on the
    # seeds.
    news_from: float = 0.9
    # The fewest words that tell how things are: "Musk tweeted" does not.
    course_words: int = 3


@dataclass(frozen=True, slots=True)
class AnswerNumbers:
    """How sentences are weighed, how sure an answer is, and how much of it is shown."""

    # Passages assumed beside the stored ones when words are weighed, and the share of them that holds a word.
    idf_passages: int = 1_000
    idf_share: float = 0.002
    # Passages an answer looks into, and the sentences of them whose vectors are made: on hard paraphrases over
    # the seeds the answering sentence is among the first 24 for 86%, among the first 48 for 95%.
    looked_into: int = 24
    sentences: int = 48
    # Weights of coverage, context, cosine, passage score and kind of thing asked for in a sentence's score: a
    # grid of 324 on the news set's gold questions (answer contained .68 to .79) and the seeds; the middle of the
    # best dozen.
    evidence_weights: tuple[float, float, float, float, float] = (0.4, 0.1, 0.3, 0.7, 0.2)
    # What the nearness of a sentence with the two beside it adds to its score, and for how many of the strongest it
    # is measured. Of 135 questions with known key facts over five corpora 96 show all of them without it, 97, 100,
    # 100 and 99 at .3, .6, .9 and 1.2; on no corpus fewer at .6, nor on ten affairs, three others, news and seeds.
    # Twelve serve as well as all 48. Adding the scores of the neighbours instead lost 2 to 8.
    surroundings: float = 0.6
    in_surroundings: int = 12
    # How likely the articles answer: a logistic function of the best sum of context and cosine in one sentence
    # (halved), the share of the question's names in one passage, the best cosine of a sentence that fits, and the
    # logarithm of the number of passages: the more there are, the nearer the nearest comes by chance. Fitted to
    # six sets at once, each with the same weight (news, seeds, two corpora of analysts' questions, affairs of two
    # makers: 234 answerable and 139 absent questions). Left out in turn, their AUROC is .96, 1.0, .84 and .70,
    # .92 and .65; ten more features (coverage of windows, gaps, rarest missing word) gained on one set what they
    # lost on another.
    confidence_weights: tuple[float, float, float, float] = (4.0, 1.8, 3.2, -0.2)
    confidence_bias: float = -4.4
    # From here the articles are taken to answer, from there they may. At .6, .65 and .7, 208, 206 and 201 of the
    # 234 reach the first and 38, 30 and 26 of the 139. A name of the question that no evidence has takes it to
    # the second: at .65 so 192 and 24 are left. The second was chosen by reading what is shown as the closest on
    # the seeds.
    answered_from: float = 0.65
    possible_from: float = 0.17
    # What the words of a question in letters that the embedding model does not know count for, as nearness of
    # vectors: the mean of the shares that a sentence and its passage have. Read on made texts in six scripts:
    # where a passage has four fifths of the words it answers, at half it may.
    blind: float = 0.7
    # The longest answer where none is asked for.
    max_sentences: int = 3
    max_words: int = 150
    # With those that stand within so many characters of one of them. On 81 questions with known key facts the
    # five best sentences hold them for 57, the three best for 50; that they stand close is for the reader, and
    # was not measured.
    most_sentences: int = 5
    close_by: int = 400
    # A further sentence joins at this share of the best one's score: up to .7 nothing is lost on four sets of
    # analysts' questions, ten affairs and the news, at .75 one answer, at .8 two; a reader sees fewer marks.
    joins_from: float = 0.7
    # What a reader is shown of an extractive answer: so many excerpts, of so many words in all. On 65 analysts'
    # and seed questions with known key facts, 200 words around the three best sentences hold them for 46, the
    # three sentences alone for 36, one excerpt of 200 words for 38.
    excerpts: int = 3
    excerpt_words: int = 200
    # Two sentences this near say the same.
    same_sentence: float = 0.8


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
