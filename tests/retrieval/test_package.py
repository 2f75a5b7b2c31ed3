"""The package's public names."""

import inspect

import retrieval
from retrieval import errors


def test_the_list_of_public_names_is_complete() -> None:
    public = {
        name for name, value in vars(retrieval).items() if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert set(retrieval.__all__) == public
    assert len(set(retrieval.__all__)) == len(retrieval.__all__)


def test_every_error_is_public_drawn_in_the_tree_and_of_one_family() -> None:
    classes = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, Exception)]
    assert errors.__doc__ is not None
    for error in classes:
        assert error.__name__ in errors.__doc__
        assert error.__name__ in retrieval.__all__
        assert issubclass(error, errors.RetrievalError)
