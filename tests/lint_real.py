"""Cells as they stand in public notebooks, and what they should be told; only commands, no texts.

Labelled by a reader before any rule was run over them, from notebooks on course, contest and
research pages: each was written by someone for whom it worked.
"""

from __future__ import annotations

REAL: list[tuple[str, str]] = [
    # cd
    ("!cd monk_v1/installation/Misc && pip install -r requirements_kaggle.txt", "NB101:1"),
    ("!cd yolov5 & pip install -r requirements.txt", "NB101:1"),
    ("!cd /kaggle/input/pytorchtransformers/transformers-2.5.1; pip install .", "NB101:1"),
    ("!cd {LABELIMG_PATH} && pyrcc5 -o libs/resources.py resources.qrc", ""),
    ("!cd LightGBM/python-package/;python3 setup.py install --precompile", "NB102:1"),
    ("# !cd /content/drive/MyDrive/WASL-translator && git pull", ""),
    ("!cd strataGeo; strataform delta1.sif\n!ls strataGeo/delta1/delta1", ""),
    ("!cd Chinese-LLaMA-Alpaca/scripts && torchrun --nnodes 1 run_clm_pt_with_peft.py", ""),
    ("!cd wikiart/images && find . -mindepth 2 -type f -print -exec mv {} . \\;", ""),
    ("!cd yolov5 && python train.py --img 320 --batch 16 --data dataset.yml", "NB102:1"),
    ("! cd ../working/quadtreeattention/QuadTreeAttention/ && pip install .", "NB101:1"),
    ("! cd ../.. && mkdir CMV && cd CMV && curl -# -O https://chenhaot.com/data/cmv", ""),
    ("! cd new_project && crewai install", ""),
    ("! cd /opt/conda/lib/python3.6/site-packages/mlcomp/ && pytest -v --forked", ""),
    (
        (
            "! git clone https://github.com/NVIDIA/apex\n! cd apex\n"
            '! pip install -v --no-cache-dir --global-option="--cpp_ext" ./'
        ),
        "NB203:2 NB101:3",
    ),
    ("! cd ../working", "NB203:1"),
    ('print ("working in " + PROJECT_WORK)\n! cd $PROJECT_WORK\n! ls', "NB203:2"),
    ("if infile:\n    ! cd $path; ipython nbconvert --to rst $nbfile", ""),
    ("! cd /Users/chengjun/github/", "NB203:1"),
    ("! cd COVID-19\n!git pull\n!cd ..", "NB203:1 NB203:3"),
    ("cd Mecab-ko-for-Google-Colab/", ""),
    ("!cd /usr/bin/ && ln -sf /content/anaconda3/bin/conda conda", ""),
    # python
    ("!python data_util.py", "NB102:1"),
    ('os.chdir("..")\n!ls', ""),
    (
        (
            "RES_DIR = set_res_dir()\nif TRAIN:\n"
            "    !python train.py --data ../data.yaml --epochs {100} --name {RES_DIR}"
        ),
        "NB102:3",
    ),
    ("%cd ~/GitHub/BYNN/src/yolov5\n\n!python detect.py --weights runs/best.pt", "NB102:3"),
    ("!python -V", "NB102:1"),
    (
        "!jupyter nbconvert --to script --no-prompt heatmap.ipynb\n!python heatmap.py",
        "NB102:2",
    ),
    (
        (
            "# Install required Libraries\n\n!pip install fastapi uvicorn torch\n"
            "!python -m spacy download en_core_web_sm"
        ),
        "NB101:3 NB102:4",
    ),
    ("#!python -m spacy download en_core_web_sm", ""),
    ("!python C:/Users/pc/Desktop/pfa/AI_INPT/detect.py --weights best.pt", "NB102:1"),
    ("!python3 -m  pipreqs.pipreqs", "NB102:1"),
    ("!python3 main.py /home --approach 2 --modelfolder models --training", "NB102:1"),
    ("!python3 -m textblob.download_corpora", "NB102:1"),
    ("!python3 -m leechbot", "NB102:1"),
    ("!python3 train.py --weights yolov5m.pt --img 640 --epochs {GERACOES}", "NB102:1"),
    ("!python3 -m PIL\n\n\n!pip install pillow", "NB102:1 NB101:4"),
    ("!python3 -m pip install -q evalml==0.28.0", "NB101:1"),
    ("!python3 /content/drive/Test_Dir/<script_name>.py", "NB102:1"),
    ("!python3.5 unpack.py \"SET='example'\"", "NB106:1"),
    ("!python3.10 src/main.py prepare-data", "NB106:1"),
    ("!python3.9 -m pip install --upgrade pip", "NB106:1"),
    ("# !python3.6 -m pip install pysheds netCDF4", ""),
    ("!python3.10 -m pip install -Uqq mediapipe", "NB106:1"),
    (
        "# Packages for arima\n!python3.7 -m pip install --upgrade pip\n!pip install pmdarima",
        "NB106:2 NB101:3",
    ),
    ("!python3.7 -m pip install --upgrade -r requirements.txt", "NB106:1"),
    ("!pip3.10 install scikit-learn==1.6.0", "NB106:1"),
    ("!pip3.6 install --user langdetect", "NB106:1"),
    ("!time python ../prstools/_cmd.py | tail -1 #l2pred", "NB102:1"),
    ("!CUDA_VISIBLE_DEVICES=0 mineru -p /path/to/input.pdf -o /path/to/output/", ""),
    ("!CUDA_VISIBLE_DEVICES=0 python3 hugectr_dlrm_movielens.py", "NB102:1"),
    ("!CUDA_VISIBLE_DEVICES=0 \n! python deploy/python/infer.py", "NB203:1 NB102:2"),
    ("#!CUDA_VISIBLE_DEVICES=2", ""),
    ("!CUDA_VISIBLE_DEVICES=0 /kaggle/working/env3.6/bin/python /kaggle/working/mnist.py", ""),
    ('!CUDA_VISIBLE_DEVICES=0 python "../input/mnist-cnn/mnist_cnn.py"', "NB102:1"),
    ("!PYTHONPATH=. CUDA_VISIBLE_DEVICES=0 python3 preprocessing/binarize.py", "NB102:1"),
    ("!PYTHONPATH=home/jupyter/ftd-omop-validator/src", "NB203:1"),
    ('!PYTHONPATH=".:$PYTHONPATH"  python dataset/create_coco_tfrecord.py', "NB102:1"),
    (
        "!nohup python -m sglang.launch_server --port 8000 > sglang.log &",
        "NB102:1",
    ),
    ("!nohup lt --port 7860 > srv.txt 2>&1 &", ""),
    ("!nohup streamlit run app.py &", ""),
    ("!python -m ipykernel install --user --name=hf_env", "NB102:1"),
    ("jn = !jupyter notebook --version   #!jupyter notebook -V\npy = !python --version", "NB102:2"),
    (
        (
            "for video_file in sorted(os.listdir(videos)):\n"
            '    if ".mp4" in str(video_file):\n'
            "        output = !python detect_blinks.py $videos/$video_file shape.dat"
        ),
        "NB102:3",
    ),
    ("!!python -m nbconvert *.ipynb", "NB102:1"),
    ("result = !python format.py", "NB102:1"),
    ("!py -m pip install folium", "NB101:1"),
    ("!py -3 --version", ""),
    ("!py --version", "NB102:1"),
    ("!{sys.executable} -m pip -q install --user numpy json-tricks torch", ""),
    ("!{sys.executable} -m spacy validate", ""),
    ("import sys\n#!{sys.executable} -m pip install -I networkx==2.1\nimport pkg_resources", ""),
    (
        (
            "if test_package('sidpy') < '0.0.5':\n"
            "    !{sys.executable} -m pip install  --upgrade sidpy -q"
        ),
        "",
    ),
    ("!/opt/conda/bin/python3.7 -m pip install --upgrade pip", "NB106:1"),
    ("!/root/miniconda3/bin/python3 finetune_hf.py data/fix", "NB106:1"),
    ("!/opt/aws/neuron/bin/neuron-cli reset", ""),
    ("!/usr/local/cuda/bin/nvcc --version", ""),
    ("!/Users/Jason/anaconda3/envs/py27/bin/bokeh serve --show spectrogram/", ""),
    ("!which python", ""),
    # source, export
    ("!python -m venv ./immi-env", ""),
    ("!source ./immi-env/bin/activate", "NB203:1"),
    ("!python3 -m venv icd\n!ls -l icd", ""),
    (
        "!python3 -m venv venv\n!source venv/bin/activate\n!pip install -r requirements.txt",
        "NB203:2 NB101:3",
    ),
    ("!source venv/bin/activate && weasyprint --info", ""),
    ("# !source ~/.bash_profile", ""),
    ("!source activate p6 && python -m pydoc -w poser", ""),
    (
        (
            "!pip install virtualenv\n!virtualenv venv\n!source venv/bin/activate\n"
            '!pip install "data-prep-toolkit-transforms[pdf2parquet]==1.0.0a2" pandas'
        ),
        "NB101:1 NB203:3 NB101:4",
    ),
    ("!source activate ramp_ci_2017; ramp_test_submission", ""),
    ("%cd cs273p/datasets\n!source get_datasets.sh", ""),
    ("!virtualenv /home/neekonsu/env && cd /home/neekonsu/env && source bin/activate", ""),
    ("!virtualenv --python=python3.6 env3.6", ""),
    ("!source hf_env/bin/activate && pip install numpy==1.26.4 transformers --quiet", ""),
    ("!. ~/git/cinema/env.sh\nimport os", "NB203:1"),
    ('!export JAVA_HOME=/opt/jdk\nenviron["JAVA_HOME"] = "/opt/jdk"\n!echo $JAVA_HOME', "NB203:1"),
    (
        "!export LD_LIBRARY_PATH=/usr/local/lib:$LD_LIBRARY_PATH\n!apt-get install libomp5 -y",
        "NB203:1",
    ),
    ("try:\n    !export USE_TORCH=True\nexcept Exception:\n    pass", "NB203:2"),
    ("#!export PATH=$PATH:./aihwkit/src/", ""),
    (
        "!export CUDA_VISIBLE_DEVICES=0\n!python tools/eval.py -c configs/picodet.yml",
        "NB203:1 NB102:2",
    ),
    ("if use_TPU:\n    !export XLA_USE_BF16=1", "NB203:2"),
    ("!PATH=$PATH:/usr/local/cuda-11.3/bin", "NB203:1"),
    ('!PATH="$PATH:/Library/TeX/texbin" jupyter nbconvert --to pdf exam.ipynb', ""),
    # conda
    ("!conda install -yc conda-forge ipython-sql", "NB104:1"),
    ("!conda install -y keras", "NB104:1"),
    ("!conda install -y -c bioconda viennarna\n!pip install RNA", "NB104:1 NB101:2"),
    ("import sys\n\n!conda install --yes --prefix {sys.prefix} -c conda-forge ipywidgets", ""),
    ("!conda install -c conda-forge geopy --yes", "NB104:1"),
    ("try:\n    !conda install -c conda-forge glpk \nexcept:\n    pass", "NB104:2 NB201:2"),
    ("!conda install -c conda-forge folium=0.5.0\nimport folium", "NB104:1 NB201:1"),
    ("!mamba install bs4==4.10.0 -y\n#!pip install plotly==5.3.1", "NB104:1"),
    ("!conda list | grep ipython ", "NB104:1"),
    ("!yes Y | conda install -c plotly plotly-orca", "NB104:1"),
    ("!yes y | conda install faiss-gpu -c pytorch", "NB104:1"),
    ("%conda install graphviz", ""),
    ("%conda update -q -n base conda\n%conda install -q -y aria2", ""),
    ("%%bash\nconda install scikit-image", "NB104:2 NB201:2"),
    ("%%bash\nconda update -n base -c defaults conda", "NB201:2"),
    ("%%bash\nconda install --offline --yes /kaggle/input/python-bob-700/conda/*", "NB104:2"),
    ("#%%bash\n#conda list scikit-learn", ""),
    (
        (
            "%%bash\nsource activate py2env\nconda install -y pytz\n"
            "pip uninstall -y google-cloud-dataflow\npip install --upgrade apache-beam[gcp]"
        ),
        "",
    ),
    ("%%bash\nsource myenv/bin/activate\n\nwhich python\n", ""),
    ("%%bash\nsource /users/savas/kaldi/path.sh\ncd /users/savas/kaldi\nutils/utt2spk.pl", ""),
    ("import condacolab\ncondacolab.install()\n!conda --version", ""),
    ("!pipenv install opencv-python", ""),
    ("!pipenv graph", ""),
    # uv
    ('!uv add sqlalchemy "psycopg[binary,pool]"', "NB105:1"),
    ("!uv pip install -q bertopic spacy polars datasets hf_xet", "NB105:1"),
    ("!uv pip install --system -qqq unsloth", "NB105:1"),
    (
        '!uv pip install -q --system statsforecast \\\n    chronos "timesfm[xreg]" 2>/dev/null',
        "NB105:1",
    ),
    # apt
    ("!apt-get install openjdk-8-jdk-headless -qq > /dev/null", ""),
    ("if on_colab:\n    !apt-get install fonts-nanum -qq  > /dev/null\n    !fc-cache -fv", ""),
    ("!apt-get install libxss1\n!apt -y install libgconf2-4", "NB201:1"),
    ("!apt-get install wget\n!apt-get install tar", "NB201:1 NB201:2"),
    ("'''\n!pip install gym\n!apt-get install python-opengl\n'''", ""),
    ("!apt-get install -y -qq coinor-cbc", ""),
    ("!apt-get update \n!apt install chromium-chromedriver", "NB201:2"),
    ("!apt-get -y install libenchant-dev", ""),
    ("!apt update -q && apt-get install -y tensorflow-model-server", ""),
    (
        "if True:\n  !rm /usr/local/bin/python\n  !sudo apt-get install python3.10-distutils",
        "NB201:3",
    ),
    ("!sudo update-alternatives --install /usr/local/bin/python python /usr/bin/python3.10 2", ""),
    ("!sudo apt install espeak", "NB201:1"),
    ("!sudo apt-get install libportaudio2\n!pip install sounddevice", "NB201:1 NB101:2"),
    ("!sudo apt update", ""),
    ("!sudo service mysql status", ""),
    ("!sudo pip install --upgrade music21", "NB101:1"),
    ("!sudo apt-get update -qq && sudo apt-get install -qq -y python3-pip git", ""),
    ("!sudo -S apt-get update < mypassword", ""),
    ("!sudo -S apt-get install -y build-essential pandoc < mypassword", ""),
    ("!yes | apt-get install libasound-dev portaudio19-dev", ""),
    ("!apt-get install -qq ffmpeg sox", ""),
    ("!apt-get -qq install ffmpeg\n", ""),
    ("!apt-get install poppler-utils  #to present pages of p", "NB201:1"),
    ("!apt-get install ./viennarna_2.4.15-1_amd64.deb -y", ""),
    # pip
    ("#!pip uninstall tensorflow --yes", ""),
    ("!pip uninstall scikit-learn", "NB101:1 NB201:1"),
    ("if not is_ait_launch:\n    !pip uninstall -y aif360 # Jupyter", "NB101:2"),
    (
        (
            "def prepare_tf():\n    !pip uninstall tensorflow -y\n"
            "    !pip install tensorflow-gpu==2.0.0-alpha0"
        ),
        "NB101:2 NB101:3",
    ),
    ("!pip uninstall opencv-python-headless -y", "NB101:1"),
    ("%pip uninstall -y llama-index\n%pip install --upgrade llama-index neo4j", ""),
    ("%pip uninstall h5py\n%conda install h5py", "NB201:1"),
    ("if IS_COLAB or IS_KAGGLE:\n    %pip uninstall -y gym  # to avoid any conflicts", ""),
    ("%pip uninstall openai --yes\n%pip install openai==0.28", ""),
    ("%pip uninstall azure-ai-generative[evaluate,index,prompty]==1.0.0b3 -y", ""),
    ("_ = !pip3 install telethon", "NB101:1"),
    ("!!pip install openpyxl", "NB101:1"),
    ("try:\n    import watermark\nexcept:\n    _ = !pip install watermark", "NB101:4"),
    ('_ = !pip install -q pyomo\n_ = !wget -N -q "https://ampl.com/ipopt-linux64.zip"', "NB101:1"),
    ('if IN_COLAB:\n    !pip install "pina-mathlab"', "NB101:2"),
    ('!pip install "adsg-core[nb]"', "NB101:1"),
    ('!gsutil cp "$DIST_BUCKET/$TORCH_WHEEL" .\n!pip install "$TORCH_WHEEL"', "NB101:2"),
    ('!pip install "elasticsearch<9"', "NB101:1"),
    ("!pip install --target=lib --no-deps stable-baselines3 gym", ""),
    ("!pip install --target={offline_packages_path} psycopg2-binary --quiet", ""),
    ("!mkdir dep\n%cd dep\n!pip download -r ../requirements.txt", ""),
    ("!pip download --no-binary :all: segmentation-models==0.2.1", ""),
    ("#!pip freeze | grep scikit-learn\n\nimport pickle", ""),
    ("!pip freeze | grep scikit-learn", "NB101:1"),
    ("!pip freeze >requirements.txt", "NB101:1"),
    ("!pip list ", "NB101:1"),
    ("!pip list --outdated", "NB101:1"),
    ('!pip list | grep -E "fastapi|langchain|openai|pyngrok|pandas"', "NB101:1"),
    ("!pip show transformers", "NB101:1"),
    ("#!pip3 -V", ""),
    ("!pip3 freeze | grep qiskit", "NB101:1"),
    ("!pip3 install -U torch --extra-index-url https://download.pytorch.org/whl/cu113", "NB101:1"),
    (
        "import numpy as np \n!pip -q install transformers \nfrom transformers import AutoModel",
        "NB101:2",
    ),
    ("!pip -q install ./python", "NB101:1"),
    ("!pip -q install contractions > tmp   # install contractions package", "NB101:1"),
    ("%reset -f\n!pip -q install -U peft transformers  # noqa", ""),
    ("yes = 1\n!yes | pip install transformers==2.10.0", "NB101:2"),
    ("!yes | pip uninstall wxpy\n!rm -rf wxpy", "NB101:1"),
    ("!yes | buildozer android debug 2>&1 | tee build.log", ""),
    ("pip install tensorflow", "NB103:1"),
    ("!pip install -r {code_main_folder}requirements.txt", "NB101:1"),
    (
        (
            "!pip install -q transformers==4.45.2 pyarrow==16.1.0 \\\n"
            "                    pyyaml==6.0.2 matplotlib 2>&1 | tail -3"
        ),
        "NB101:1",
    ),
    (
        (
            "try:\n    from pyngrok import ngrok, conf\nexcept:\n"
            "    !pip install -qqq pyngrok 2>&1 > /dev/null"
        ),
        "NB101:4",
    ),
    ("!pip install pandas --upgrade\nimport importlib\nimportlib.invalidate_caches()", "NB101:1"),
    # scripts
    ("%%bash\npip install pytorch-pretrained-bert", "NB101:2"),
    ("%%bash\npip install google-cloud-dataflow", "NB101:2"),
    ("%%bash\npip2 install -U pip\npip2 install -U Pillow", "NB106:2 NB106:3"),
    ("%%bash\npip install -e ../.", "NB101:2"),
    (
        "%%bash\npip install fiftyone==1.4.1 > /dev/null\npip install torchmetrics==1.7.1\n",
        "NB101:2 NB101:3",
    ),
    ("%%bash\npip uninstall pillow -y\npip install pillow", "NB101:2 NB101:3"),
    ("%%sh\npip install MulticoreTSNE pysam pyvcf;\napt-get install tabix;", "NB101:2 NB201:3"),
    ("%%sh\npip install --upgrade azureml-sdk[notebooks,explain,automl,contrib]", "NB101:2"),
    ("%%sh\n# location of data files\nls /kaggle/input", ""),
    ('%%bash -s "$PLATFORM" "$CRYPTO_TARGET"\ncd ../../hardware\nmake PLATFORM=$1 -j', ""),
    ("%%bash\npython -m spacy download en_core_web_sm\n\n# {sys.executable} -m spacy x", "NB102:2"),
    ("%%bash\npython gentxt.py -m ptb_result/model_epoch_39 -p apple", "NB102:2"),
    ("%%bash\npython3 -m mnist_models.trainer.task \\\n    --job-dir=$JOB_DIR", "NB102:2"),
    ("%%bash\npython command.py --help\n", "NB102:2"),
    ("%%bash\npython -m pdb energy_example.py < commands", "NB102:2"),
    ("%%bash\npython -c 'import base64, sys, json; print(1)'", "NB102:2"),
    ("%%bash\ncd data\ngzip -dkf poland-bankruptcy-data-2009.json.gz", ""),
    (
        (
            '%%bash\nexport KAGGLE_USERNAME="z"\nif [ ! -f a.csv ]; then \n    mkdir -p learn/\n'
            "    cd learn\n    unzip -o '*.csv.zip'\nfi"
        ),
        "",
    ),
    (
        (
            "%%bash\nset -e\nif python -m venv /kaggle/working/v26 2>/dev/null; then\n"
            "  /kaggle/working/v26/bin/pip install -q torch==2.6.0\n"
            "  ln -sf /kaggle/working/v26/bin/python /kaggle/working/py26\nfi"
        ),
        "",
    ),
    ("%%script echo skipping\n# Defining\ndef f(x1, x2):\n    return x1 + x2", ""),
    ("%%script false\n\nusing XGBoost\ncd(joinpath(homedir()))", ""),
    ("%%script glpsol -m /dev/stdin\n\nparam r >= 0;", ""),
    ('%%script bash -s "$prep" "$config_file"\npython $1 $2', "NB102:2"),
    ("%%script python --bg\nfrom flask import Flask\napp = Flask(__name__)", "NB102:1"),
    ("%%script bash\n\ncat >20170706_head.c <<EOF\n#include <stdlib.h>\nEOF", ""),
    ("%%python\nimport os\nos.system('python -V')", "NB102:1"),
    ("%%python -m nltk.downloader stopwords\n", "NB102:1"),
    ("%%python2\n\nx = xrange(2, 5)\n\nprint(x)", "NB102:1"),
    ("%%capture\n!pip install pythtb", "NB101:2"),
    ("%%capture\n!pip install ipython-sql sqlalchemy\nimport sqlalchemy\n%load_ext sql", "NB101:2"),
    (
        "%%capture\n!pip install pycaret[full] --ignore-installed llvmlite\nimport pandas as pd\n",
        "NB101:2",
    ),
    ("%%capture\n%pip install --upgrade tensorflow_probability", ""),
    ('%%R\nlibrary(installr)\ninstall.packages.zip("https://cran.r-project.org/x.zip")', ""),
    ("%%writefile Dockerfile\n\nFROM python:3.9\n\nRUN pip install -r requirements.txt", ""),
    ("%%writefile dockerfile\nRUN apt-get update && apt-get install -y g++", ""),
    ("%%javascript\nIPython.OutputArea.auto_scroll_threshold = 9999;", ""),
    (
        (
            "%%javascript\nIPython.notebook.kernel.execute('FILE=\"' + "
            "IPython.notebook.notebook_name + '\"')"
        ),
        "",
    ),
    # other commands
    ('!kill -9 "$(pgrep ngrok)" || true', ""),
    ("!kill $(lsof -t -i:6006)", ""),
    ("!if [ ! -e mnist.pkl.gz ]; then wget -q https://github.com/mnist.pkl.gz; fi", ""),
    ('!if not exist "./files" mkdir files', ""),
    ("!for i in {0..10}; do echo $i; done", ""),
    ("!for i in `seq -w 3 10`; do echo $i; done", ""),
    ("!echo {EXAMPLE_URL}", ""),
    ('!echo "Last updated: `date`"', ""),
    ("!bash run_images.sh", ""),
    ("!jupyter labextension install @jupyter-widgets/jupyterlab-manager", ""),
    ("!jupyter nbconvert --to python cuboid.ipynb", ""),
    ("cat configs/lora.yaml", ""),
    ("ll /root/.cache/modelscope/hub/ZhipuAI/chatglm3-6b", ""),
    ("cp -r /content/BuboQA/indexes /content/drive/MyDrive", ""),
    ("!brew install libxml2", ""),
    # Python
    ("os.system('./Miniconda3-latest-Linux-x86_64.sh -b')", ""),
    ("cmd_run('conda install -c conda-forge asv -y')", ""),
    ('subprocess.run("pip install -q huggingface_hub", shell=True, check=True)', "NB107:1"),
    ('subprocess.run(["pip","install","-q","httpx","fastapi","uvicorn"], check=True)', "NB107:1"),
    (
        (
            "try:\n    import yfiles\nexcept ImportError:\n    import subprocess\n"
            '    subprocess.run(["pip", "install", "--quiet", "yfiles-jupyter-graphs"], check=True)'
        ),
        "NB107:5",
    ),
    ('# subprocess.run(["apt-get", "install", "-y", "-qq", "gdal-bin"])', ""),
    ('os.system("pip install nltk")\nimport nltk', "NB107:1"),
    (
        (
            'driver_path = subprocess.Popen("which chromedriver", shell=True,'
            " stdout=subprocess.PIPE).stdout.read()"
        ),
        "",
    ),
    (
        "subprocess.check_call([\n  sys.executable, '-m', 'pip', '--quiet',\n  *args\n])",
        "",
    ),
    ("import IPython\n\nIPython.Application.instance().kernel.do_shutdown(True)", "NB204:3"),
    (
        (
            "dash.stop()\n\nimport IPython\napp = IPython.Application.instance()\n"
            "app.kernel.do_shutdown(True)"
        ),
        "NB204:5",
    ),
    ("# app = IPython.Application.instance()\n# app.kernel.do_shutdown(True)", ""),
    ("# Restart runtime\nimport os\nos.kill(os.getpid(), 9)", "NB204:3"),
    (
        (
            "def restart_kernel():\n"
            '    display(Javascript("Jupyter.notebook.kernel.restart()"))\n\nrestart_kernel()'
        ),
        "NB204:2",
    ),
]
