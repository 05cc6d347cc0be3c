"""DO: each kernel that a Jupyter offers: what it would start, what is wrong, what it says itself.

`ipymod kernels` goes through here: `look` gathers, `judged` judges, `start` starts and asks,
`learned` judges what came of that, `mending` puts the commands together, `text` and `json` show.
"""
