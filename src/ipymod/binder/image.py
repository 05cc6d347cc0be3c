"""DATA: what repo2docker puts into every image, measured in the release that is named here.

A test compares all of it with the newest repo2docker.
"""

from __future__ import annotations

import sys

MEASURED = "2026.4.0"

DEFAULT = "3.10"
MAJOR = {"2": "2.7", "3": DEFAULT}
# With an environment of its own for the kernel, beside the server's.
APART = ("2.7", "3.5", "3.6")
SUPPORTED = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")  # to choose from, by itself
BUILT = (*APART, "3.7", *SUPPORTED)

R_VERSIONS = ("3.3", "3.4", "3.5", "3.6", "4.0", "4.1", "4.2", "4.3", "4.4", "4.5")
R_SNAPSHOTS_SINCE = "2018-12-07"

# The month in which a Python gets its last fix, as python.org plans it.
LAST_FIX = {
    "2.7": "2020-01",
    "3.5": "2020-09",
    "3.6": "2021-12",
    "3.7": "2023-06",
    "3.8": "2024-10",
    "3.9": "2025-10",
    "3.10": "2026-10",
    "3.11": "2027-10",
    "3.12": "2028-10",
    "3.13": "2029-10",
    "3.14": "2030-10",
}

# What is in the image of every Python from 3.8 on; a notebook may import it without more ado.
_PRESENT = """
    alembic annotated-types anyio argon2-cffi arrow asttokens async-generator attrs babel
    beautifulsoup4 bleach blinker cached-property certifi certipy cffi charset-normalizer comm
    cryptography debugpy decorator defusedxml exceptiongroup executing fastjsonschema fqdn
    greenlet h11 h2 hpack httpcore httpx hyperframe idna importlib-metadata ipykernel ipython
    ipywidgets isoduration jedi jinja2 json5 jsonpointer jsonschema jupyter-client jupyter-core
    jupyter-events jupyter-lsp jupyter-offlinenotebook jupyter-resource-usage jupyter-server
    jupyter-server-terminals jupyterhub jupyterlab jupyterlab-pygments jupyterlab-server
    jupyterlab-widgets mako markupsafe matplotlib-inline mistune nbclient nbconvert nbformat
    nest-asyncio notebook notebook-shim oauthlib overrides packaging pamela pandocfilters parso
    pexpect pickleshare pip platformdirs prometheus-client prompt-toolkit psutil ptyprocess
    pure-eval pycparser pydantic pydantic-core pygments pyjwt pysocks python-dateutil
    python-json-logger pytz pyyaml pyzmq referencing requests rfc3339-validator rpds-py
    send2trash setuptools six sniffio soupsieve sqlalchemy stack-data terminado tinycss2 tomli
    tornado traitlets typing-extensions uri-template urllib3 wcwidth webcolors webencodings
    websocket-client widgetsnbextension zipp zstandard
"""
PRESENT = frozenset(_PRESENT.split())
PRESENT_APART = frozenset({"ipykernel", "ipython", "traitlets", "tornado", "pyzmq", "pip", "six"})

# conda's names of what PyPI calls otherwise.
ON_PYPI = {
    "dask-core": "dask",
    "geopandas-base": "geopandas",
    "jupyterhub-base": "jupyterhub",
    "libopencv": "opencv-python",
    "matplotlib-base": "matplotlib",
    "msgpack-python": "msgpack",
    "nbconvert-core": "nbconvert",
    "opencv": "opencv-python",
    "py-opencv": "opencv-python",
    "py-xgboost": "xgboost",
    "pyqt": "pyqt5",
    "python-fastjsonschema": "fastjsonschema",
    "pytables": "tables",
    "python-graphviz": "graphviz",
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "seaborn-base": "seaborn",
    "tensorflow-base": "tensorflow",
}
# One name that brings hundreds.
BUNDLES = frozenset({"anaconda", "pangeo-notebook", "pangeo-dask", "r2d"})

# What surely comes along with others: whoever declares one of these has it.
BROUGHT_BY = {
    "numpy": (
        *("pandas", "scipy", "matplotlib", "scikit-learn", "seaborn", "xarray", "statsmodels"),
        *("tensorflow", "opencv-python", "opencv-python-headless", "scikit-image", "h5py"),
        *("altair", "bokeh", "geopandas", "numba", "jax", "keras", "astropy", "netcdf4"),
    ),
    "pandas": ("seaborn", "statsmodels", "xarray", "geopandas", "plotnine", "holoviews"),
    "scipy": ("scikit-learn", "statsmodels", "scikit-image", "jax", "arviz", "librosa"),
    "matplotlib": ("seaborn", "plotnine", "arviz", "scikit-plot", "shap", "ipympl"),
    "pillow": ("matplotlib", "scikit-image", "torchvision", "imageio", "seaborn", "bokeh"),
    "joblib": ("scikit-learn", "librosa", "nltk"),
    "torch": ("torchvision", "torchaudio", "pytorch-lightning", "lightning", "fastai"),
    "networkx": ("scikit-image", "torch", "osmnx"),
    "shapely": ("geopandas", "cartopy", "osmnx"),
    "tqdm": ("nltk", "transformers", "datasets", "huggingface-hub", "spacy"),
    "sympy": ("torch",),
    "fsspec": ("dask", "torch", "datasets", "huggingface-hub"),
}

# Kernels beside `python3`, and what brings them.
KERNELS = {
    "bash": ("bash-kernel", "bash_kernel"),
    "calysto_scheme": ("calysto-scheme",),
    "deno": ("deno",),
    "gnuplot": ("gnuplot-kernel",),
    "octave": ("octave-kernel",),
    "sage": ("sage", "sagemath"),
    "sagemath": ("sage", "sagemath"),
    "sos": ("sos-notebook",),
    "xcpp11": ("xeus-cling",),
    "xcpp14": ("xeus-cling",),
    "xcpp17": ("xeus-cling", "xeus-cpp"),
    "xcpp20": ("xeus-cpp",),
    "xpython": ("xeus-python",),
    "xsqlite": ("xeus-sqlite",),
}

STANDARD = frozenset(sys.stdlib_module_names)
