"""How Sphinx makes the site; tools/docs_site.py lays out the pages that it reads."""

from __future__ import annotations

from importlib.metadata import version as installed

project = "ipymod"
author = "the ipymod contributors"
version = release = installed("ipymod")
html_title = "ipymod"
show_authors = False

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "footer_start": [],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "navigation_depth": 3,
    "show_nav_level": 1,
    "search_bar_text": "Search, for example WP101",
}
html_context = {"default_mode": "auto"}  # the reader's system decides, until the switch is used
html_sidebars: dict[str, list[str]] = {
    "index": [],
    "changes": [],
    "contributing": [],
    "licence": [],
    "api": [],
}

# The notebooks are executed before, by ipymod itself.
nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # two other hosts would be asked for these
myst_heading_anchors = 3

default_role = "code"  # our docstrings set names as Markdown does
autodoc_member_order = "bysource"
autodoc_class_signature = "separated"  # nobody makes these objects by hand
autodoc_default_options = {"exclude-members": "__init__, __new__"}
autodoc_typehints_format = "short"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
# Names of ours have to lead somewhere; those of others are found on other hosts.
nitpick_ignore_regex = [("py:.*", r"(?!ipymod\.).*"), ("py:class", r"ipymod\.run\.child\.Child")]
