"""Whether a version falls under an advisory, compared with `packaging`'s own sets of versions."""

from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from ui.bundle.advisory import Affected, Event, Range, is_affected
from ui.bundle.versions import pep440, semver

VERSIONS = st.builds(
    "{}{}{}".format,
    st.builds("{}.{}".format, st.integers(0, 3), st.integers(0, 3)),
    st.sampled_from(["", "a1", "b2", "rc1", ".post1", ".dev0", ".0"]),
    st.just(""),
)


def within(version: str, *events: Event) -> bool:
    return is_affected(version, Affected(ranges=[Range(type="ECOSYSTEM", events=list(events))]), pep440)


def admits(specifiers: str, version: str) -> bool:
    """Bounds as plain order sees them: `packaging` leaves a bound's own pre- and post-releases out, OSV does not."""
    return all(
        {">=": Version(version) >= bound, "<": Version(version) < bound, "<=": Version(version) <= bound}[one.operator]
        for one in SpecifierSet(specifiers)
        for bound in [Version(one.version)]
    )


@given(VERSIONS, VERSIONS, VERSIONS)
def test_introduced_and_fixed_are_a_half_open_interval(version: str, first: str, second: str) -> None:
    low, high = sorted([first, second], key=Version)
    events = [Event(introduced=low), Event(fixed=high)]
    assert within(version, *events) is admits(f">={low},<{high}", version)
    if Version(low) < Version(high):
        assert within(version, *reversed(events)) is admits(f">={low},<{high}", version)


@given(VERSIONS, VERSIONS, VERSIONS)
def test_introduced_and_last_affected_are_a_closed_one(version: str, first: str, second: str) -> None:
    low, high = sorted([first, second], key=Version)
    found = within(version, Event(introduced=low), Event(last_affected=high))
    assert found is admits(f">={low},<={high}", version)


@given(VERSIONS, VERSIONS)
def test_zero_is_before_every_version(version: str, fixed: str) -> None:
    assert within(version, Event(introduced="0"))
    assert within(version, Event(introduced="0"), Event(fixed=fixed)) is admits(f"<{fixed}", version)


@given(VERSIONS, st.lists(VERSIONS, min_size=4, max_size=4, unique_by=Version))
def test_several_intervals_in_any_order(version: str, bounds: list[str]) -> None:
    one, two, three, four = sorted(bounds, key=Version)
    events = [Event(introduced=three), Event(last_affected=four), Event(introduced=one), Event(fixed=two)]
    expected = admits(f">={one},<{two}", version) or admits(f">={three},<={four}", version)
    assert within(version, *events) is expected


@given(VERSIONS, VERSIONS)
def test_a_release_is_where_packaging_has_it(version: str, fixed: str) -> None:
    """For releases, which pins are, the sets of `packaging` say the same."""
    if not (Version(version).is_prerelease or Version(version).is_postrelease):
        assert within(version, Event(introduced="0"), Event(fixed=fixed)) is (
            Version(version) in SpecifierSet(f"<{fixed}")
        )


@given(VERSIONS, VERSIONS)
def test_a_limit_ends_a_range(version: str, limit: str) -> None:
    assert within(version, Event(introduced="0"), Event(limit=limit)) is admits(f"<{limit}", version)
    assert within(version, Event(introduced="0"), Event(limit="*"))


@given(VERSIONS, st.lists(VERSIONS))
def test_a_list_names_versions_in_any_spelling(version: str, listed: list[str]) -> None:
    affected = Affected(versions=[*listed, "of 2007, badly written"])
    assert is_affected(version, affected, pep440) is (Version(version) in {Version(one) for one in listed})


def test_a_range_of_commits_alone_says_nothing_so_a_person_looks() -> None:
    commits = Range(type="GIT", events=[Event(introduced="0"), Event(fixed="deadbeef")])
    assert is_affected("1.0", Affected(ranges=[commits]), pep440)
    assert not is_affected("1.0", Affected(ranges=[commits], versions=["2.0"]), pep440)


def test_a_bound_that_has_no_place_in_the_order_counts_as_affected() -> None:
    assert within("1.0", Event(introduced="0"), Event(fixed="last tuesday"))


NPM = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"]


def test_versions_of_npm_are_in_the_order_that_semver_gives() -> None:
    assert sorted(["1.1.0", "1.0.10", *NPM[::-1]], key=semver) == [*NPM, "1.0.10", "1.1.0"]
    assert semver("1.2.3+build") == semver("1.2.3")
