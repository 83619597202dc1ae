"""Statistical disclosure control: which figures are hidden so that nothing can be learnt about single persons.

`cells` decides: counts and the sums that tie them in, a decision for each count out. `tables` says which rows of
`measure` are counts, which sums hold between them, and blanks what is hidden. Which tables are published, and what
becomes of the delivered figures behind them, is the pipelines' business; what a rate or an interval is, `rates` says.
Nothing is imported here, so that whoever needs one of the two does not load the other.
(Hundepool et al. 2012, Statistical Disclosure Control, chapters 4 and 5: magnitude and frequency tables)

What an attacker is taken to know:

* every count that is shown, and every denominator, published or not: population figures are public elsewhere. So a
  denominator beside a hidden numerator gives nothing away. Only a denominator that its provider hides is a secret;
* every sum, for numerators and denominators alike, and so for complements (denominator minus numerator) too;
* that counts lie between zero and their denominator.

What is promised, whatever linear combination of all sums and bounds is used (linear programming, both ways):

* a numerator of 1-2 may from the outside be anything from 1 to 2 at least; a complement of 1-2 likewise;
* a numerator on a small base, and one whose provider hides it, may be one more and one less, or the one of the two
  that denominators allow. One person in or out of a group is the change that has to stay invisible, and it is also
  what can always be had: flipping one person changes only the counts that contain that person.

Beyond the promise, as far as neighbours allow, the same holds against one who also knows that a zero would have been
shown, and so takes every hidden count on a sufficient base for at least 1 (otherwise two hidden counts that sum to 2
would be two ones). Zeros are therefore hidden last, but not never.
"""
