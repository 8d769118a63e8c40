"""How long the property tests try: the same examples in every run, or with ``--hypothesis-profile=long`` many new ones."""

from hypothesis import settings

settings.register_profile("fixed", derandomize=True, deadline=None, max_examples=100)
settings.register_profile("long", derandomize=False, deadline=None, max_examples=5000)
settings.load_profile("fixed")
