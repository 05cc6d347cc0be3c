"""Cells that `ipymod fix` mends, and near misses that it leaves as they are."""

from __future__ import annotations

# Every form for which the rules of a safe fix hold.
FORMS = (
    "!pip install a",
    "! pip install a",
    "!  pip  install   a  ",
    "!\tpip install a",
    "!pip install\ta",
    "!pip3 install a",
    "!python -m pip install a",
    "!python3  -m  pip  install a",
    "!pip -q install a",
    "!pip install {x}",
    "!pip install $x",
    "!pip install $x==$y",
    "!pip install \\$x",
    "!pip install '$x'",
    '!pip install "$x" "{y}"',
    "!pip install {x}{y}",
    "!pip install {x!r} {x[0]}",
    "!pip install {' '.join(x)}",
    '!pip install {f"{x}=={y}"}',
    "!pip install {f'{x}' + \"q\"} b",
    "!pip install {x if x else 'a'}",
    "!pip install {unknown} {x}",
    "!pip install $UNKNOWN {x}",
    "!pip install x -f https://example.org/whl/cu{x}.html",
    "!pip -q install {x} kfp",
    "!pip install 'a>=1,<2'",
    '! pip install -q -U "keras >= 3.0, <4.0"',
    "!pip install 'git+https://h/r#subdirectory=P'",
    "!pip install -e '.[dev,test]'",
    "!pip install t~=1.10.0  # protobuf>=3.13",
    "!pip install a # it's `old`; or > {x} | y",
    '!pip install a # "open',
    "!pip install a==1.*",
    "!pip install 'what?' b",
    "!pip install 100% %x %% %pip",
    "!pip install Ä 'é ü'",
    "!pip install a \\",
    "!pip install a \\\n",
    "!pip install --no-deps \\\n    one \\\n  two",
    "!pip \\\n  install a",
    "!pip\\\ninstall a",
    "!python \\\n  -m \\\n  pip install a",
    "! \\\n  pip install a",
    "!pip install {a,b}",
    "!pip install a\\ b",
    "!pip install ~/a ~",
    "!pip uninstall -y a",
    "!pip list",
    "!pip install a\r\n!pip install b\r\n",
    "pip install a",
    "pip install 'a b' {x} # c",
    "%time !pip install {x}",
    "%time !pip install \\\n  {x}",
    "%%capture\n!pip install {x}",
    "%%capture out\n\n!pip install a\n!pip install {x}",
    "%%time\n!pip install {x}",
    "%%time\npip install a",
    "if True:\n    !pip install {x}",
    "if True:\n\tif True:\n\t\t!pip install {x} \\\n\t\t  b",
    "for z in ['a', 'b']:\n    !pip install {z}\n    !pip3 install $z",
    "for line in ['a', 'b']:\n    !pip install {line}",
    "def f(p):\n    !pip install {p} $p {x}\nf('a'); f('b c')",
    "def f(p):\n    %time !pip install {p}\nf('a')",
    "def f(x):\n    def g(y):\n        !pip install {y} {x}\n    g('b')\nf('a')",
    "class A:\n    p = 'a'\n    !pip install {p}",
    "try:\n    import not_there\nexcept ImportError:\n    !pip install not_there",
    "with open('/dev/null') as file:\n    !pip install {x}",
    "text = '''\n!pip install no\n'''\n!pip install {x}\ntext = '%pip'",
    "x = 1 \\\n  + 2\n!pip install {x}",
    "!pip install a\n%pip install b\n!pip install c",
)

# What is not provably the same, or is no statement of Python's IPython: left as it is.
LEFT = (
    "!pip",
    "!pip\tinstall a",
    "!pip install a; pip install b",
    "!pip install a;",
    "!pip install a && pip install b",
    "!pip install a || true",
    "!pip install a | tail -1",
    "!pip show a b |egrep 'Name|Version'",
    "!pip install a &",
    "!pip install a > log",
    "!pip install keras>=3",
    "!pip install -r < a",
    "!pip install a 2>&1",
    "!pip install $(cat a)",
    "!pip install `cat a`",
    '!pip install "$(cat a)"',
    "!pip install -r <(echo a)",
    "! cd axolotl && pip3 install -e '.[flash-attn]'",
    "!(cd x && pip install .)",
    "!pip install uv && uv pip install y",
    "!pip3 install cython; pip3 install 'git+https://h/r#subdirectory=P'",
    "! PIP_NO_BINARY=p pip install git+https://h/r",
    "!yes | pip uninstall t",
    "!~/anaconda3/envs/m/bin/pip install x",
    "!sudo pip install a",
    "!uv pip install --system -qqq x",
    "!time pip install a",
    "!'pip' install a",
    "!pip3.8 install a",
    "!python2 -m pip install a",
    "!python -W ignore -m pip install a",
    "!pip install 'a",
    "!pip install a?",
    "!pip install a # really?",
    "!pip install a # b&",
    "!!pip list",
    "x = !pip list",
    "%sx pip list",
    "f(!pip list)",
    "!pip install a\nif",
    "{{ cookiecutter }} =\n!pip install a",
    "import os\nos.system('pip install a')",
    "%%bash\npip install a",
    "%%bash\ncat > Dockerfile <<EOF\nRUN pip install a\nEOF",
    "%%capture\n%%bash\npip install a",
    "%%writefile a.sh\n!pip install a",
    "%%script false\n!pip install a",
    "%%html\n!pip install a",
    "# !pip install a",
    "'''\n!pip install a\n'''",
    "get_ipython().system('pip install a')",
    # what IPython expands twice for a magic, and once for a line
    "!pip install {{x}}",
    "!pip install $$x",
    "!pip install ${x}",
    "!pip install $x '{y}'",
    "!pip install '$x' {y}",
    "!pip install $line",
    "!pip install $python $self",
)


# What starts the same without a shell, by `--to pymod`.
PYMOD = (
    "!pip install a",
    "!pip3  install   a 'b c' \"d e\"",
    "!python -m pip install a==1.0 'b>=2' 'c#d'",
    "!pip install a # it's old",
    "!pip install -e '.[dev]' --index-url https://example.org/a%20b",
    "!pip install a=b, c@d:e+f ''",
    "!pip install 'a'\"b\"c",
    "!pip install Ä",
    "!pip install \\\n  a \\\n  b",
    "!pip\tinstall\ta",
    "!pip install jax[cpu]",
    "!pip install a 100%",
    "!python -m spacy download en",
    "!python -m black --line-length 99 'a b.py'",
    "if True:\n    !pip install a",
)

# A cell, what an unsafe fix makes of it, and what the system is handed then; EXE is this Python.
OWN = "{sys.executable}"
UNSAFE: tuple[tuple[str, str, list[object]], ...] = (
    # several commands, taken apart
    ("!make && pip install a", "!make\n%pip install a", ["make", "EXE -m pip install a"]),
    (
        "if 1:\n    !pip install uv && uv pip install a",
        "if 1:\n    %pip install uv\n    !uv pip install a",
        ["EXE -m pip install uv", "uv pip install a"],
    ),
    # the kernel's interpreter, and `import sys` where it is used first
    ("!python a.py", f"import sys\n!{OWN} a.py", ["EXE a.py"]),
    ("import sys\n!python a.py", f"import sys\n!{OWN} a.py", ["EXE a.py"]),
    ("import os, sys\n!python3 a.py", f"import os, sys\n!{OWN} a.py", ["EXE a.py"]),
    ("import sys as s\n!python a", f"import sys as s\nimport sys\n!{OWN} a", ["EXE a"]),
    ("!python a.py {1+1} '{2}'", f"import sys\n!{OWN} a.py {{1+1}} '{{2}}'", ["EXE a.py 2 '2'"]),
    ("! python -m pytest", f"import sys\n! {OWN} -m pytest", [" EXE -m pytest"]),
    ("!cd a && python b.py", f"import sys\n!cd a && {OWN} b.py", ["cd a && EXE b.py"]),
    (
        "!python a.py && python b.py > c",
        f"import sys\n!{OWN} a.py && {OWN} b.py > c",
        ["EXE a.py && EXE b.py > c"],
    ),
    ("!A=1 python a.py", f"import sys\n!A=1 {OWN} a.py", ["A=1 EXE a.py"]),
    ("!python a.py \\\n  b", f"import sys\n!{OWN} a.py \\\n  b", ["EXE a.py    b"]),
    ("%time !python a.py", f"import sys\n%time !{OWN} a.py", ["EXE a.py"]),
    ("%time \\\n !python a.py", f"import sys\n%time \\\n !{OWN} a.py", ["EXE a.py"]),
    ("%%time\n!python a.py", f"%%time\nimport sys\n!{OWN} a.py", ["EXE a.py"]),
    ("%%capture c\n\n!python a", f"%%capture c\n\nimport sys\n!{OWN} a", ["EXE a"]),
    (
        "def f():\n    !python a\n    !python b\nf()",
        f"def f():\n    import sys\n    !{OWN} a\n    !{OWN} b\nf()",
        ["EXE a", "EXE b"],
    ),
    (
        "def f():\n    import sys\n    def g():\n        !python a\n    g()\nf()",
        (
            "def f():\n    import sys\n    def g():\n"
            f"        import sys\n        !{OWN} a\n    g()\nf()"
        ),
        ["EXE a"],
    ),
    (
        "if 0:\n\t!python a\nelse:\n\tif 1:\n\t\t!python b\n\t\t!python c",
        (
            f"if 0:\n\timport sys\n\t!{OWN} a\nelse:\n\tif 1:\n"
            f"\t\timport sys\n\t\t!{OWN} b\n\t\t!{OWN} c"
        ),
        ["EXE b", "EXE c"],
    ),
    (
        "try:\n    no\nexcept NameError:\n    !python a",
        f"try:\n    no\nexcept NameError:\n    import sys\n    !{OWN} a",
        ["EXE a"],
    ),
    (
        "text = '''\nimport sys\n'''\n!python a",
        f"text = '''\nimport sys\n'''\nimport sys\n!{OWN} a",
        ["EXE a"],
    ),
    ("!python a\nimport sys", f"import sys\n!{OWN} a\nimport sys", ["EXE a"]),
    (
        "from __future__ import annotations\n!python a",
        f"from __future__ import annotations\nimport sys\n!{OWN} a",
        ["EXE a"],
    ),
    # lists for subprocess
    (
        "import subprocess\nsubprocess.run(['python', 'a.py'])",
        "import sys\nimport subprocess\nsubprocess.run([sys.executable, 'a.py'])",
        [["EXE", "a.py"]],
    ),
    (
        'import subprocess as sp, sys\nsp.check_call(("pip3", "install", "a"))',
        (
            "import subprocess as sp, sys\n"
            'sp.check_call((sys.executable, "-m", "pip", "install", "a"))'
        ),
        [["EXE", "-m", "pip", "install", "a"]],
    ),
    (
        (
            '"""Ä"""\nfrom __future__ import annotations\nfrom subprocess import check_output\n'
            "Ä = check_output([\n    'python3',\n    'a'\n])"
        ),
        (
            '"""Ä"""\nfrom __future__ import annotations\nimport sys\n'
            "from subprocess import check_output\n"
            "Ä = check_output([\n    sys.executable,\n    'a'\n])"
        ),
        [["EXE", "a"]],
    ),
    (
        "%%time\nimport subprocess\ndef f():\n    return subprocess.call(['python'])\nf()",
        (
            "%%time\nimport sys\nimport subprocess\ndef f():\n"
            "    return subprocess.call([sys.executable])\nf()"
        ),
        [["EXE"]],
    ),
    (
        "!ls \\\n  -l\nimport subprocess\nsubprocess.run(['python'])",
        "import sys\n!ls \\\n  -l\nimport subprocess\nsubprocess.run([sys.executable])",
        ["ls    -l", ["EXE"]],
    ),
    (
        "import subprocess\nsubprocess.run(['python'])\nimport sys",
        "import sys\nimport subprocess\nsubprocess.run([sys.executable])\nimport sys",
        [["EXE"]],
    ),
    # versions in quotes
    ("!pip install keras>=3", "%pip install 'keras>=3'", ["EXE -m pip install 'keras>=3'"]),
    ("%pip install keras>=3", "%pip install 'keras>=3'", ["EXE -m pip install 'keras>=3'"]),
    ("!pip install a>=1,<2 b", "%pip install 'a>=1,<2' b", ["EXE -m pip install 'a>=1,<2' b"]),
    ("!pip install keras >= 3", "%pip install 'keras>=3'", ["EXE -m pip install 'keras>=3'"]),
    (
        "!pip install 'a[b]'<2 c>1",
        "%pip install 'a[b]<2' 'c>1'",
        ["EXE -m pip install 'a[b]<2' 'c>1'"],
    ),
    # an answer beforehand
    ("!pip uninstall a", "%pip uninstall -y a", ["EXE -m pip uninstall -y a"]),
    ("%pip uninstall a", "%pip uninstall -y a", ["EXE -m pip uninstall -y a"]),
    (
        "if 1:\n  %pip -q uninstall \\\n  a",
        "if 1:\n  %pip -q uninstall -y \\\n  a",
        ["EXE -m pip -q uninstall -y    a"],
    ),
    ("%time %pip uninstall a", "%time %pip uninstall -y a", ["EXE -m pip uninstall -y a"]),
    ("!conda install a", "!conda install -y a", ["conda install -y a"]),
    (
        "!pip uninstall a && pip install a",
        "%pip uninstall -y a\n%pip install a",
        ["EXE -m pip uninstall -y a", "EXE -m pip install a"],
    ),
)

# A cell, and what becomes of `!python a` below it.
ABOVE = (
    ("import sys", f"!{OWN} a"),
    ("import os\nimport os, sys", f"!{OWN} a"),
    ("%%time\nimport sys", f"!{OWN} a"),
    ("%%writefile a.py\nimport sys", f"import sys\n!{OWN} a"),
    ("'''\nimport sys\n'''", f"import sys\n!{OWN} a"),
    ("def f():\n    import sys", f"import sys\n!{OWN} a"),
    ("from sys import path", f"import sys\n!{OWN} a"),
    ("import sys.path", f"import sys\n!{OWN} a"),
)

# An unsafe fix does not touch these either.
NEVER = (
    "!cd a && pip install .",
    "!export A=1 && pip install a",
    "!A=1 && pip install a",
    "!make || pip install a",
    "!make && (pip install a)",
    "!git clone $u && pip install a",
    "!make && pip install a > log",
    "%time !make && pip install a",
    "!make; pip install a",
    "!python a.py --to $HOME",  # IPython replaces all or nothing: `{sys.executable}` would stay
    "!python a.py ${A}",
    "!python a.py | awk '{print $1}'",
    "!python a.py '{\"a\": 1}'",
    "!python a.py }",
    "!pip install keras >= 3, < 4",
    "!pip install $x>=3",
    "!pip install {x}>=3",
    "!cd $HOME",
    "!cd a; ls",
    "!cd a;",
    "!cd a && ls",
    "!cd a # here",
    "!cd a\\ b",
    "!cd *",
    "!cd `pwd`",
    "!cd\ta",
    "!cd",
    "!cd a b",
    "x = !python a.py",
    "x = !pip uninstall a",
    "x = %pip uninstall a",
    "x = %pip uninstall a\n!ls",
    "!!python a.py",
    "%sx python a.py",
    "!python a.py\nif",
    "%pip uninstall a\nif",
    "%%bash\npython a.py\npip uninstall a\npip install a>=3\ncd b",
    "%%sh\ncd a",
    "%%script python\nimport a",
    "%%writefile a.py\n!python a.py",
    "'''\n!python a.py\n'''",
    "import os\nos.system('python a.py')",
    "import subprocess\nsubprocess.run('python a.py', shell=True)",
    "import subprocess\nsubprocess.run(['pyt' 'hon', 'a'])",
    "import subprocess\nsubprocess.run(['python', 'a'])\nif",
    "import os\nos._exit(0)",
)
