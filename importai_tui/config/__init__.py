"""The settings that a person writes, in `config.toml` and the environment. A missing file is the same as an empty one.

Commands that set nothing must start fast: what checks a setting is loaded only where one is set.
"""

from importai_tui.config.config import BadSetting, Config
from importai_tui.config.reading import keys_of, read_config

__all__ = ["BadSetting", "Config", "keys_of", "read_config"]
