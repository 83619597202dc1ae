"""Statistical disclosure control: which figures are hidden so that nothing can be learnt about single persons.

`cells` decides: counts and the sums that tie them in, a decision for each count out; `concealing` finds what has to be
hidden along. `structure` and `sums` say which rows of `measure` are tied, `tables` blanks what is hidden, `rounding`
makes shares without counts coarse. `made_to_order` and `betrayal` judge delivered cells. Which tables are published is
the pipelines' business; what a rate or an interval is, `rates` says. Nothing is imported here, so that whoever needs
one of them does not load the others.
(Hundepool et al. 2012, Statistical Disclosure Control, chapters 4 and 5: magnitude and frequency tables)

What an attacker is taken to know:

* every count that is shown, here, in open tables or in an earlier edition, and every denominator that is not small
  (residents are public). Small ones, and those that a provider hides, are secrets;
* every sum, for numerators and denominators alike, and so for complements (denominator minus numerator) too;
* that counts are whole numbers between zero and their denominator;
* these rules, but not the store's key, on which the choice of companions depends.

What is promised, by whole numbers, whatever combination of all sums and bounds is used: a hidden count may be any of
three at least, be it small itself or hidden for the sake of others. A count that can only be two, on a base of 1, may
be both. As far as neighbours allow, the same holds against one who takes every hidden count on a sufficient base for at
least 1 (otherwise two hidden counts that sum to 2 would be two ones). Zeros are therefore hidden last, but not never.
"""
