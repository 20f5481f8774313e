"""The configuration a new installation starts from."""

_TEXT = """\
# Groundwatch. Every setting is described in docs/configuration.md; what is not set here has a
# default. `groundwatch check-config` checks this file; while the server runs, saving it is enough.

# Where the database, the index and the caches are kept; relative to this file.
data: data

# Folders to answer from. Without a rule that allows somebody, nobody may read a document.
sources: []
#  - name: handbook
#    path: ../documents
#    permissions:
#      - {path: "**", allow: [everyone]}
#      - {path: "hr/**", allow: ["group:hr"]}

# Who may sign in, with `groundwatch link NAME` or an API key. Roles: reader, editor, admin.
users:
  admin: {name: Administrator, role: admin}

groups: {}
#  hr: {}
#  staff: {includes: [hr]}
"""


def default_config_text() -> str:
    """Return the text of a working configuration that explains itself."""
    return _TEXT
