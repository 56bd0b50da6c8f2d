"""Sphinx: one place for prose, formulas and docstrings, and a build in which every warning is an error.

MyST, so that a page reads as well in a text editor; furo, which is calm and fetches nothing. Formulas become
MathML, which browsers draw themselves: no page of this site loads anything from elsewhere.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from mcost.version import VERSION

project, author, copyright = "mcost", "The mcost developers", "the mcost developers"  # noqa: A001 - Sphinx calls it so
version = release = VERSION

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_copybutton", "docstrings", "mathml", "terminal"]
exclude_patterns = ["_build", "_ext"]
myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3
myst_dmath_allow_space = myst_dmath_allow_digits = False  # two amounts in a sentence are no formula
html_math_renderer = "mathml"

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True
add_module_names = False

html_theme = "furo"
html_title = f"mcost {VERSION}"
html_static_path = ["_static"]
html_css_files = ["plain.css"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": False}
pygments_style, pygments_dark_style = "friendly", "monokai"
copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True
copybutton_only_copy_prompt_lines = True
