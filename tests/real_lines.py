"""Cells and lines as they stand in public notebooks, each with what a shell does with it.

They are commands of a line or a few, taken as they are; the module beside it, `notebook_lines`,
has its rows in short forms, and tells how a reading is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notebook_lines import Row

SPEAKS: list[Row] = [
    ("!conda install -y --prefix /usr/local -c pytorch", ("conda install + empty",), None),
    ("!conda install -c fastai fastai", ("conda install + asks",), None),
    ("!conda install numpy", ("conda install + asks",), None),
    ("!conda install -c conda-forge wrf-python", ("conda install + asks",), None),
    ("!conda install --yes seaborn #install seaborn library", ("conda install +",), None),
    ("!conda install <package_name> -y", ("conda install + empty",), None),
    ("!uv pip install weave", ("uv pip install +",), None),
    ("!uv pip install dynamical-catalog rioxarray", ("uv pip install +",), None),
    ("get_ipython().system('uv pip install fastapi uvicorn psutil')", ("uv pip install +",), None),
    (
        "get_ipython().run_cell_magic('capture', '', '%%bash\\npip install catboost')",
        ("pip install +",),
        None,
    ),
    ("%%bash\npip install pandas", ("pip install +",), None),
    ("%%bash\npip install udocker\nudocker --allow-root install", ("pip install +",), None),
    ("\n%%bash\npip install fastavro", ("pip install +",), None),
    ("%%bash\npip3 install gymnasium[classic_control]", ("pip install +",), None),
    ("!pip install --upgrade pandas", ("pip install +",), "%pip install --upgrade pandas"),
    ("!pip install --upgrade luxai-s3", ("pip install +",), "%pip install --upgrade luxai-s3"),
    ("!pip install pycaret[full]", ("pip install +",), "%pip install pycaret[full]"),
    ("!pip uninstall jinja2 --yes", ("pip uninstall +",), "%pip uninstall jinja2 --yes"),
    ("!pip uninstall scikit-learn -y", ("pip uninstall +",), "%pip uninstall scikit-learn -y"),
    ("!pip uninstall ultralytics -y -q 2>/dev/null", ("pip uninstall +",), None),
    (
        '!pip install -q -U ultralytics timm thop "pandas<3.0" "matplotlib<3.10" openpyxl',
        ("pip install +",),
        '%pip install -q -U ultralytics timm thop "pandas<3.0" "matplotlib<3.10" openpyxl',
    ),
    ("!pip uninstall -y ants", ("pip uninstall +",), "%pip uninstall -y ants"),
    ("!pip install antspyx antspynet", ("pip install +",), "%pip install antspyx antspynet"),
    (
        ("      >>> !pip3 install -U sagemaker\n\n      >>> import os\n      >>> import boto3"),
        ("pip install +",),
        "%pip install -U sagemaker",
    ),
    (
        "%%capture\n\n!pip3 install --upgrade fastai",
        ("pip install +",),
        "%pip install --upgrade fastai",
    ),
    (
        "            !pip3 uninstall -y torch torchvision torchaudio",
        ("pip uninstall +",),
        "%pip uninstall -y torch torchvision torchaudio",
    ),
    ("!sudo pip install chart_studio", ("pip install +",), None),
    ("!sudo pip install -U nltk", ("pip install +",), None),
    (
        ("!sudo python3 setup.py build\n!sudo python3 setup.py install\n!sudo pip install kss"),
        ("python script", "python script +", "pip install +"),
        None,
    ),
    ("  !sudo pip install meson ninja >/dev/null 2>&1", ("pip install +",), None),
    (
        "    %%script bash\n    source ~/.bashrc\n    pip install -U pip",
        ("pip install + after",),
        None,
    ),
    ("%%sh\npip list | grep tensorflow", ("pip list",), None),
    (
        (
            "flake8_version = !pip list 2>&1 | grep flake8\n\n"
            "if flake8_version:\n"
            "    print(flake8_version)"
        ),
        ("pip list",),
        None,
    ),
    ("!pip install --editable ./", ("pip install +",), "%pip install --editable ./"),
    ("!python setup.py build develop", ("python script +",), None),
    ("!python setup.py build_ext --inplace", ("python script",), None),
    ("!python setup.py install", ("python script +",), None),
    (
        "!python3 -c 'import websockify.websocketproxy; print(\"websockify ok\")'",
        ("python -c",),
        None,
    ),
    ("!python --version", ("python -V",), None),
    ("!nvidia-smi -L\n!python --version", ("python -V",), None),
    ('!python -c "import sys; print(sys.path)"', ("python -c",), None),
    ("!pip freeze > requirements.txt", ("pip freeze",), None),
    (
        (
            "!cat requirements.txt\n"
            "!mkdir wheelhouse && pip download -r requirements.txt -d wheelhouse\n"
            "!mv requirements.txt wheelhouse/requirements.txt"
        ),
        ("pip download",),
        None,
    ),
    ("!pip list | grep -E 'kafka|elastic|vader'", ("pip list",), None),
    ("!pip list  #설치된 패키지확인", ("pip list",), "%pip list  #설치된 패키지확인"),
    ("!pip list | grep numpy # 설치된 패키지들 중 특정 패키지 확인", ("pip list",), None),
    ("!pip remove", ("pip remove",), "%pip remove"),
    ("!pip show torch", ("pip show",), "%pip show torch"),
    (
        "!pip install tensorflow>=2.15.0 tensorflow-probability>=0.23.0",
        ("pip install + >=2.15.0 >=0.23.0",),
        None,
    ),
    ("!pip install tensorflow>=2.8.0", ("pip install + >=2.8.0",), None),
    (
        (
            "!pip install rasa_core==0.13.2\n"
            "!pip install rasa_nlu==0.14.4\n"
            "!pip install tensorflow>=1.9,<2.0"
        ),
        ("pip install +", "pip install +", "pip install + >=1.9 <2.0"),
        "%pip install rasa_core==0.13.2",
    ),
    ("!pip install tensorflow>=1.9,<2.0", ("pip install + >=1.9 <2.0",), None),
    ("!pip install scikit-learn>=1.0.0", ("pip install + >=1.0.0",), None),
    (
        "!pip install torch>=2.1.0 torchvision>=0.16.0 torchaudio>=2.1.0",
        ("pip install + >=2.1.0 >=0.16.0 >=2.1.0",),
        None,
    ),
    ("!pip install numpy<2.0.0", ("pip install + <2.0.0",), None),
    ("!pip install numpy<2.0 --force-reinstall", ("pip install + <2.0",), None),
    (
        (
            "    !pip uninstall -y numpy pmdarima\n"
            "    !pip install numpy<2.0.0 pmdarima\n"
            "    import numpy as np"
        ),
        ("pip uninstall +", "pip install + <2.0.0"),
        "%pip uninstall -y numpy pmdarima",
    ),
    (
        "get_ipython().system('pip install scikit-multilearn')",
        ("pip install +",),
        "%pip install scikit-multilearn",
    ),
    ("get_ipython().system('python get_context.py')", ("python script",), None),
    (
        (
            "    get_ipython().system('jupyter nbconvert --to script whereami.ipynb')\n"
            "    get_ipython().system('python whereami.py')"
        ),
        ("python script",),
        None,
    ),
    ("get_ipython().system('sw_vers')\nget_ipython().system('python -V')", ("python -V",), None),
    ("get_ipython().system('python3 src/main.py prepare-data')", ("python script",), None),
    (
        "get_ipython().system(' pip install \"openai>=1.0.0,<2.0.0\"')",
        ("pip install +",),
        '%pip install "openai>=1.0.0,<2.0.0"',
    ),
    ("get_ipython().run_line_magic('sx', 'python test.py')", ("python script",), None),
    (
        "get_ipython().run_cell_magic('bash', '', 'cd Greetings\\npip install .\\n')",
        ("pip install +",),
        None,
    ),
    ("!pip cache purge", ("pip cache",), "%pip cache purge"),
    ("!pip cache purge 2>/dev/null || true", ("pip cache",), None),
    (
        "      !pip install --target=$my_path yacs",
        ("pip install +",),
        "%pip install --target=$my_path yacs",
    ),
    (
        "!python -c \"import torch; print('cuda:', torch.cuda.is_available())\"",
        ("python -c",),
        None,
    ),
    (
        "!pip install --upgrade jax jaxlib # CPU-only",
        ("pip install +",),
        "%pip install --upgrade jax jaxlib # CPU-only",
    ),
    ("!yes | conda install -c conda-forge paramtools", ("conda install +",), None),
    ("!uv sync\n!uv run python main.py --ngrok_token $ng_token", ("uv sync +", "uv run"), None),
    ("!uv sync --extra tpu", ("uv sync +",), None),
    (
        "!pip install uv\n!uv sync\n!uv run python main.py",
        ("pip install +", "uv sync +", "uv run"),
        "%pip install uv",
    ),
    ("!uv add -r requirements.txt --active", ("uv add +",), None),
    ("!uv add litellm langchain", ("uv add +",), None),
    (
        "!uv add torch torchvision torchaudio\n!uv add ultralytics opencv-python",
        ("uv add +", "uv add +"),
        None,
    ),
    ("!uv venv -q --python 3.12 {OMNI_ENV}", ("uv venv",), None),
    ("!uv pip install -p .venv/bin/python whisperx", ("uv pip install +",), None),
    ("!uv venv --python 3.11 .venv", ("uv venv",), None),
    ("!uv venv --python 3.10 --seed {VENV}", ("uv venv",), None),
    ("!{VENV}/bin/python --version", ("python -V",), None),
    (
        "%%bash\nuv python install 3.10\nuv python pin 3.10\nuv venv .venv --python 3.10",
        ("uv python install", "uv python pin", "uv venv"),
        None,
    ),
    ("!python -m venv env\n!source env/bin/activate\n!streamlit run app.py", ("python -m",), None),
    ("!/content/mkenv/bin/pip -q install --upgrade pip", ("pip install +",), None),
    (
        "!python -m venv NAME\n!NAME\\Scripts\\activate\n!pip install -r requirements.txt",
        ("python -m", "pip install +"),
        None,
    ),
    ("!conda create -n gee python=3.8", ("conda create",), None),
    ("!conda activate gee", ("conda activate",), None),
    ("!conda install geopandas", ("conda install + asks",), None),
    ("!conda install mamba -c conda-forge", ("conda install + asks",), None),
    ("!mamba install geemap -c conda-forge", ("conda install + asks",), None),
    ("!mamba install bs4==4.10.0 -y", ("conda install +",), None),
    (
        ("!pip install pandas\n!pip install requests\n!mamba install bs4\n!mamba install html5lib"),
        ("pip install +", "pip install +", "conda install + asks", "conda install + asks"),
        "%pip install pandas",
    ),
    ("!mamba install openpyxl==3.0.9 -y", ("conda install +",), None),
    ("!conda create -y -n esm-tpu python=3.10", ("conda create",), None),
    ("!conda run -n esm-tpu python -m pip install --upgrade pip", ("conda run",), None),
    ("!conda create -n pmp -c conda-forge pymeep=*=mpi_mpich_* -y", ("conda create",), None),
    ("!conda run -n pmp pip install autograd", ("conda run",), None),
    ('!conda create --prefix "$env_path" python=3.8.4 -y', ("conda create",), None),
    ("!conda init bash", ("conda init",), None),
    (
        "!conda install -y -q -c conda-forge -c bioconda ppanggolin > /dev/null",
        ("conda install +",),
        None,
    ),
    ("!conda env update -f environment.yaml --prune", ("conda env update +",), None),
    ("!conda env export --name $env_name --file $env_file", ("conda env export",), None),
    ("!conda env create -f environment.yaml", ("conda env create",), None),
    ("!conda env create -f environment.yml", ("conda env create",), None),
    ("!pip install numpy --user", ("pip install +",), "%pip install numpy --user"),
    ("!pip install . --user", ("pip install +",), "%pip install . --user"),
    (
        "!python -m pip install --use-feature=2020-resolver .",
        ("pip install +",),
        "%pip install --use-feature=2020-resolver .",
    ),
    (
        "!pip install -U spacy\n!python -m spacy download pt_core_news_sm",
        ("pip install +", "python -m +"),
        "%pip install -U spacy",
    ),
    (
        (
            "!pip install -U pip setuptools wheel\n"
            "!python -m spacy project clone tutorials/rel_component\n"
            "!pip install -U spacy-nightly --pre"
        ),
        ("pip install +", "python -m", "pip install +"),
        "%pip install -U pip setuptools wheel",
    ),
    ("!pip config list", ("pip config",), "%pip config list"),
    (
        "# Check version pip and python\n\n!pip --version\n!python --version",
        ("pip", "python -V"),
        "%pip --version",
    ),
    (
        "!pip wheel --quiet --no-deps jupyter-server-proxy",
        ("pip wheel",),
        "%pip wheel --quiet --no-deps jupyter-server-proxy",
    ),
    ("!pip wheel jsonlines -w wheelhouse", ("pip wheel",), "%pip wheel jsonlines -w wheelhouse"),
    (
        "! pip3 install --upgrade google-cloud-aiplatform $USER_FLAG",
        ("pip install +",),
        "%pip install --upgrade google-cloud-aiplatform $USER_FLAG",
    ),
    (
        'if os.getenv("IS_TESTING"):\n    ! pip3 install --upgrade tensorflow $USER_FLAG',
        ("pip install +",),
        "%pip install --upgrade tensorflow $USER_FLAG",
    ),
    ("!python app.py &", ("python script",), None),
    ("!yes | pip install transformers==2.10.0", ("pip install +",), None),
    ("!pip install transformers>=4.46.0 torch -q", ("pip install + >=4.46.0",), None),
    ("!pip install transformers>=4.21.0", ("pip install + >=4.21.0",), None),
]

SILENT: list[Row] = [
    ("!apt-get install graphviz -y", (), None),
    ("!apt-get install build-essential python3-dev", (), None),
    ("!apt-get install python3-pil python3-pygraphviz", (), None),
    ("!apt-get install poppler-utils -y", (), None),
    ("!sudo apt-get install python3-dev libmysqlclient-dev > /dev/null", (), None),
    ("!google-chrome --version && cloudflared --version", (), None),
    ("!where python", (), None),
    ("!cat requirements.txt", (), None),
    ("!apt-get install -y libta-lib0-dev 2>/dev/null | tail -1", (), None),
    ("!CUDA_VISIBLE_DEVICES=0,1,2,3", (), None),
    ("!apt-get clean 2>/dev/null || true", (), None),
    ("!echo {repr(req)} > requirements.txt", (), None),
    ("!cat ./requirements.txt", (), None),
    ("!curl -LsSf https://astral.sh/uv/install.sh | sh", (), None),
    ("!source env/bin/activate", (), None),
    ("!streamlit run app.py", (), None),
    ("!NAME\\Scripts\\activate", (), None),
    ("!which conda", (), None),
    ("!bash Miniconda3-latest-Linux-x86_64.sh -b -p /usr/local", (), None),
    ("!bash -c 'conda config --add channels conda-forge'", (), None),
    ("!cp object_detection/packages/tf1/setup.py .", (), None),
    ("!zipinfo jupyter_server_proxy*.whl", (), None),
    ("!zip -r wheelhouse.zip /kaggle/working/wheelhouse", (), None),
    ('!pkill -f "python main.py"', (), None),
    ("!git clone https://github.com/facebookresearch/sam2.git sam2_repo || true", (), None),
    ("!rm -rf sam2", (), None),
    (
        (
            "# Run once if not installed:\n"
            "# !pip install -q SciencePlots\n\n"
            "try:\n"
            "    import scienceplots  # noqa: F401"
        ),
        (),
        None,
    ),
    ("!pip install -q <packages>", (), None),
    ('        self.run(f"!pip install -q {package_name}")', (), None),
    (
        (
            "#!pip install torchtext spacy\n"
            "#!python -m spacy download en\n"
            "#!python -m spacy download de"
        ),
        (),
        None,
    ),
    (
        (
            "#!conda install -c conda-forge wordcloud --yes\n\n"
            "# import package and its set of stopwords\n"
            "from wordcloud import WordCloud, STOPWORDS"
        ),
        (),
        None,
    ),
    ("import numpy as np\nfrom matplotlib import pyplot as plt\n#!conda install -y pytz", (), None),
    ('%%ruby\nputs "Hello from Ruby #{RUBY_VERSION}"', (), None),
    ('%%bash\necho "hello from $BASH"', (), None),
    ("%%bash\nslim -s 23 example_sim.slim", (), None),
    ("get_ipython().system('bash --version')", (), None),
    ("# !pip install -q apify-haystack==0.1.7 haystack-ai", (), None),
    ("# # !pip install qamomile\n# # or\n# # !uv add qamomile\n\n# %%\nimport math", (), None),
    (
        (
            "##### !pip install pandas numpy scikit-learn matplotlib\n"
            "##### !pip install opendatasets kaggle"
        ),
        (),
        None,
    ),
    ("# %%writefile app.py\nimport streamlit as st\nimport pandas as pd", (), None),
    ("!apt-get install openjdk-8-jdk-headless -qq > /dev/null", (), None),
    ("!apt-get install -y ffmpeg", (), None),
    (
        (
            '            print("Try restarting the runtime and running this alternative:")\n'
            '            print("!pip install coqui-tts")'
        ),
        (),
        None,
    ),
    ('!echo "Pipeline started! PID: $(cat /proc/sys/kernel/ns_last_pid)"', (), None),
    (
        (
            "# Install a pip package in the current Jupyter kernel\n"
            "import sys\n"
            "!{sys.executable} -m pip install numpy"
        ),
        ("pip install + this",),
        "%pip install numpy",
    ),
    (
        (
            "import sys\n"
            "!{sys.executable} -m pip install pandas\n"
            "!{sys.executable} -m pip install beautifulsoup4\n"
            "!{sys.executable} -m pip install requests"
        ),
        ("pip install + this", "pip install + this", "pip install + this"),
        "%pip install pandas",
    ),
    ("# !{sys.executable} -m pip install numpy sklearn", (), None),
    ("import sys \n!{sys.executable} -m pip install --user <package>", (), None),
    ("!luxai-s3 agent/main.py agent/main.py --output=replay1.html", (), None),
    ("!nvcc --version", (), None),
    ("%load_ext nvcc_plugin", (), None),
    ("%%sh\ndocker build . --platform linux/amd64 -t sagemaker-build", (), None),
    ("archives = !ls | grep 'df'\n\ndf = pd.read_csv(archives[0])", (), None),
    ("In [6]: files = !ls data/*GCAonly.head*-*.key.txt", (), None),
    ("file = !ls ./musinsa # 해당 디렉토리의 파일명을 file 변수 선언", (), None),
    ("results = !ls -1 tmp/test", (), None),
    (
        (
            "    # pip = !pip freeze\n"
            "    # mod.extend([m.split('==') for m in pip if m.split('==')[0] in imp])"
        ),
        (),
        None,
    ),
    ("# !python3 -m spacy download en_core_web_md\n\nnltk.download('punkt')", (), None),
    ("# !module load openmind8/cuda/11.7\n# !python --version #3.10.12", (), None),
    ('import struct\nstruct.calcsize("P") * 8\n#!which python\n#!which pip', (), None),
    (
        (
            "# !cat requirements.txt | xargs -n 1 pip install\n"
            "# !pip install torchtext spacy\n"
            "# !python -m spacy download en"
        ),
        (),
        None,
    ),
    ("import openstudio  # ver 3.2.0 !pip list\n\nimport emspy", (), None),
    ("#!pip install squarify\n\n# !pip show squarify\n# show a treemap", (), None),
    ("%%writefile requirements.txt\njoblib\nstatsmodels\npandas\nnumpy", (), None),
    (
        (
            "%%writefile requirements.txt\n"
            "seldon_core\n"
            "scikit-learn == 0.24.2\n"
            "numpy >= 1.8.2\n"
            "joblib == 0.16.0"
        ),
        (),
        None,
    ),
    (
        (
            "%%writefile requirements.txt\n"
            "torch>=1.12.0  # Specify a minimum version, adjust as needed\n"
            "torchvision>=0.13.0 # Corresponding torchvision version"
        ),
        (),
        None,
    ),
    ("%%writefile dockerfile\nRUN apt-get update && apt-get install -y g++", (), None),
    (
        (
            "%%writefile Dockerfile\n"
            "FROM conda/miniconda3\n\n"
            "RUN conda install -y -c conda-forge openmm\n\n"
            "WORKDIR /project"
        ),
        (),
        None,
    ),
    (
        (
            "# Required in Docker serving container\n"
            "%pip install -U {USER_FLAG} -r requirements.txt\n\n"
            "# For local FastAPI development and running\n"
            '%pip install -U {USER_FLAG} "uvicorn[standard]>=0.12.0,<0.14.0" fastapi~=0.63'
        ),
        (),
        None,
    ),
    ("! gsutil mb -l $REGION $BUCKET_URI", (), None),
    ("! gsutil ls -al $BUCKET_URI", (), None),
    ("%mkdir app", (), None),
    (
        (
            "!docker build \\\n"
            "    --tag={REGION}-docker.pkg.dev/{PROJECT_ID}/{REPOSITORY}/{IMAGE} \\\n"
            "    ."
        ),
        (),
        None,
    ),
    ("! mkdir -p models/object_detector/1/model.savedmodel/", (), None),
    ("!tree ./models", (), None),
    ("!saved_model_cli show --dir ./models/object_detector/1/model.savedmodel/ --all", (), None),
    ('! curl -s -o /dev/null -w "%{http_code}" http://localhost:8000/v2/health/ready', (), None),
    ("!source env/bin/activate\n!streamlit run app.py", (), None),
    ("# conda or mamba\n# !conda create -n data_eng python=3.10", (), None),
    ('# !pip install -e ".[dev]"', (), None),
    (
        (
            "# !export PATH=$HOME/miniconda/bin:/usr/local/cuda/bin:$PATH\n"
            "# !conda create -y -n habitat python=3.6\n"
            "# !conda activate habitat"
        ),
        (),
        None,
    ),
    (
        (
            "'''\n"
            "!pip install yfinance==0.1.67\n"
            "!mamba install bs4==4.10.0 -y\n"
            "!pip install nbformat==4.2.0\n"
            "'''\n"
            "import yfinance as yf"
        ),
        (),
        None,
    ),
    (
        (
            'print("Starting Ollama server...")\n'
            "!nohup ollama serve > /dev/null 2>&1 &\n"
            "import time; time.sleep(3)"
        ),
        (),
        None,
    ),
    ("!sed -i 's/OPENCV=0/OPENCV=1/' Makefile\n!sed -i 's/GPU=0/GPU=1/' Makefile\n!make", (), None),
    ("!make clean && make all\n!./gnn_demo", (), None),
    (
        (
            "#!pip install fer\n"
            "#!pip install tensorflow>=1.7 opencv-contrib-python==3.3.0.9\n\n"
            "import sys\n"
            "import math"
        ),
        (),
        None,
    ),
    (
        (
            "# Ensure NumPy is below version 2.0.0\n"
            "# !pip install numpy<2.0.0\n\n"
            "# Install openpyxl to handle Excel files\n"
            "# !pip install openpyxl"
        ),
        (),
        None,
    ),
    ("get_ipython().system(' export CUDA_LAUNCH_BLOCKING=1')", (), None),
    ("get_ipython().system(' ls models')", (), None),
    ("get_ipython().getoutput('jupyter nbconvert *.ipynb')", (), None),
    ("a = get_ipython().run_line_magic('sx', 'cat C-teste-465.out')\nc=a.fields()", (), None),
    (
        (
            "                res = get_ipython().run_line_magic('sx', command)\n"
            "                print(res[-100:])"
        ),
        (),
        None,
    ),
    ("get_ipython().run_cell_magic('bash', '--bg', 'rosrun turtlesim turtlesim_node')", (), None),
    ('    return f"!pip install --target={drive_path} vnmarket"', (), None),
    ('!echo "5. Optimize slow database queries found in logs"', (), None),
    ('!echo "LOG MONITORING AUTOMATION"', (), None),
    ("!cat << 'EOF' > log-monitor.sh", (), None),
    ("!apt-get install python3.7", (), None),
    ("!apt-get install python3-dev graphviz libgraphviz-dev pkg-config", (), None),
    ("!apt-get install python3-opencv -y", (), None),
    (
        (
            "    !apt-get update -y\n"
            "    !apt-get install python3.7 python3.7-venv python3.7-dev -y\n"
            "    !apt-get install python3-pip -y"
        ),
        (),
        None,
    ),
    ("!!!apt-get install python3-pyside", (), None),
    ("!sudo update-alternatives --set python3 /usr/bin/python3.9", (), None),
    ("!ls /usr/local/lib/python3.6/dist-packages", (), None),
    ("      !ls /usr/local/lib/python*", (), None),
    ("!ps aux | grep python | awk '{sum=sum+$6}; END {print sum/1024 \" MB\"}'", (), None),
    ("!ps aux | grep python | head -10", (), None),
    ('!pkill -f "uvicorn app:app" || true\nngrok.kill()', (), None),
    ('!pkill -f streamlit || echo "No existing streamlit process"', (), None),
    ("!fuser -n tcp {PORT} -k || true", (), None),
    ("!jupyter nbconvert --to markdown cookbook.ipynb", (), None),
    ("!kaggle competitions download -c ds3-predictive-modeling-challenge", (), None),
    ("!unzip uncased_L-12_H-768_A-12.zip", (), None),
    ("!streamlit run matrix_calculator_app.py &>/dev/null &", (), None),
    ('app._unparsable_cell(\n    r"""\n    !nvidia-smi\n    """,\n    name="__"\n)', (), None),
    ("!nvidia-smi --query-gpu=name,memory.total --format=csv", (), None),
    ("!docker run --rm -d -p 55555:55555 --name vdms_vs_test_nb intellabs/vdms:latest", (), None),
    ("!docker run --rm --gpus all nvidia/cuda:11.8.0-base-ubuntu22.04 nvidia-smi", (), None),
    ("!docker run -it --rm -v $(pwd):/app/target rustscan -a $target", (), None),
    ("!accelerate launch --mixed_precision=fp16 src/f5_tts/train/finetune_cli.py ...", (), None),
    ("#%conda install -c conda-forge panel pandas numpy holoviews hvplot pyarrow", (), None),
    ("%conda install rdkit", (), None),
    ("# MAGIC %pip install -q cfa-kernel[all] openai\n\n# COMMAND ----------", (), None),
    ("%pip install -qU langgraph langchain-google-genai python-dotenv", (), None),
    (
        (
            "import subprocess\n"
            "import sys\n"
            'subprocess.check_call([sys.executable, "-m", "pip", "install", \'requests\'])'
        ),
        (),
        None,
    ),
    ('    raise ImportError("pip install google-genai tenacity")', (), None),
    ("!poetry run pip -q install psychicapi langchain-chroma", (), None),
    ("# !poetry run python -m pytest software_testing/03/sample_func1_test.py", (), None),
    ("%%bash\ncat > requirements.txt << EOF\nflask==2.3.3\npython-dotenv==1.0.0\nEOF", (), None),
    (
        (
            "#!python -V\n"
            "#!python -m pip install --user <pacakge>\n"
            "#!pip3 show <pacakge>\n"
            "#!pip3 list"
        ),
        (),
        None,
    ),
    (
        (
            "#!pip install .\n\n"
            "#!python setup.py build_ext --inplace\n"
            "from keras_retinanet import models"
        ),
        (),
        None,
    ),
    ("!CUDA_VISIBLE_DEVICES=0 sh scripts/train_lora_custom.sh", (), None),
    ("print?\n\nhelp(print)", (), None),
]
