"""May it ship: a budget of what a new model may break, and the verdict on whether a candidate keeps it.

``budget`` is what is allowed, ``checks`` what is to be compared with it, ``tallies`` what was counted (of slices with
``values``, of lists with ``listed``), ``verdict`` the decision in ``words``, ``gate`` what follows from it, ``slips``
what was probably not meant.
"""
