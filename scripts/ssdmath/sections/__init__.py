"""The sections of a study's config: closed, frozen models, each checked on its own."""
