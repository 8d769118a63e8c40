"""The configuration: one TOML file, checked as a whole before anything is done."""

from collector.config.load import Config, load_config

__all__ = ["Config", "load_config"]
