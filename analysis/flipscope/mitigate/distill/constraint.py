"""Distillation with a limit on negative flips: how much of it there is follows from how many there are."""

from __future__ import annotations

#: What one more optimizer step leaves of the weight of earlier ones in the running NFR: a window of about 20 steps.
KEPT = 0.95
#: How far alpha moves in one step at most. In the time of a window that is 1, so alpha goes no faster than the NFR
#: which it is set by can follow.
RATE = 1 - KEPT
#: Beyond this, training collapses rather than obeys (Yan et al., table of focal weights: best up to 10, bad at 20).
LARGEST = 10.0


class Multiplier:
    """The Lagrange multiplier of ``minimise CE subject to NFR <= max_nfr``, found by dual ascent.

    The NFR counts events and has no gradient; the gated distance stands in for it in the loss ``CE + alpha * KD``.
    After each optimizer step ::

        alpha <- clip(alpha + RATE * (nfr - max_nfr) / (nfr + max_nfr), 0, LARGEST)

    where `nfr` is the running mean of the share of negative flips in training batches. The step of plain dual ascent
    is ``nfr - max_nfr``; dividing it changes neither its sign nor where it is 0, but puts it between -1 and 1, so
    that one rate serves a limit of 20 % and one of 0.1 %, and a limit of 0 needs no case of its own.

    Parameters
    ----------
    alpha : float
        What to begin with.
    max_nfr : float
        Largest allowed share of negative flips, a fraction of 1.

    Attributes
    ----------
    alpha : float
        From 0 to `LARGEST`, or to what it began with where that is more.
    nfr : float
        The running NFR, weighted towards the latest steps; 0 before the first.

    Notes
    -----
    The constraint is that of Xie et al., *Regression Bugs Are In Your Model!* (ACL 2021); that distilling from the
    old model is training under a constraint is shown in Jiang et al., *Churn Reduction via Distillation* (2021).
    """

    def __init__(self, alpha: float, max_nfr: float) -> None:
        self.alpha, self.max_nfr, self.nfr = alpha, max_nfr, 0.0
        self._largest = max(LARGEST, alpha)
        self._weighted = self._weights = 0.0

    def update(self, nfr: float) -> None:
        """Take in the share of negative flips among the rows of one optimizer step."""
        self._weighted = KEPT * self._weighted + RATE * nfr
        self._weights = KEPT * self._weights + RATE
        self.nfr = self._weighted / self._weights
        total = self.nfr + self.max_nfr
        excess = (self.nfr - self.max_nfr) / total if total else 0.0
        self.alpha = min(max(self.alpha + RATE * excess, 0.0), self._largest)
