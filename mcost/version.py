"""The version, without the cost of asking the installed metadata for it."""

VERSION = "0.1.0"
