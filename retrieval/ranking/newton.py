"""Newton's method with a line search, for the convex losses by which weights are learned (Nocedal & Wright, 2006)."""

from collections.abc import Callable

import numpy as np

from retrieval.ranking.standing import Floats

# Of what the slope promises, a step must bring this share (Armijo); a step that does not is cut in two.
PROMISED, SHORTER = 1e-4, 0.5

Loss = Callable[[Floats], tuple[float, Floats, Floats]]
"""At weights of shape (n,): the loss, its gradient, shape (n,), and its second derivative, shape (n, n)."""


def minimised(loss: Loss, count: int, *, steps: int, enough: float) -> Floats:
    """The weights where the loss is least, from 0 on; after so many steps, or where a step promises less."""
    weights = np.zeros(count)
    for _ in range(steps):
        here, gradient, curvature = loss(weights)
        step = np.linalg.solve(curvature, gradient)
        slope = float(gradient @ step)
        if slope < enough:
            break
        length = 1.0
        while loss(weights - length * step)[0] > here - PROMISED * length * slope:
            length *= SHORTER
        weights = weights - length * step
    return weights
