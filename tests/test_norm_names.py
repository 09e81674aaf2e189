"""Which norm weights a model has that is loaded by a literal name."""

import json
from pathlib import Path

import pytest

from optimlint.knowledge import norm_names
from optimlint.knowledge.norm_names import family_of, norm_suffixes

ARCHITECTURES = json.loads(Path(norm_names.__file__).with_name("norm_names.json").read_text("utf-8"))["architectures"]


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("bert-base-uncased", "bert"),
        ("google-bert/bert-large-cased-whole-word-masking", "bert"),
        ("hfl/chinese-roberta-wwm-ext", "bert"),
        ("hfl/chinese-roberta-wwm-ext-large", "bert"),
        ("sentence-transformers/all-MiniLM-L6-v2", "bert"),
        ("roberta-large", "roberta"),
        ("FacebookAI/xlm-roberta-base", "xlm-roberta"),
        ("distilbert-base-cased", "distilbert"),
        ("albert-xxlarge-v2", "albert"),
        ("google/electra-base-discriminator", "electra"),
        ("microsoft/deberta-base", "deberta"),
        ("microsoft/deberta-v3-large", "deberta-v2"),
        ("microsoft/mdeberta-v3-base", "deberta-v2"),
        ("google/bigbird-roberta-base", "big_bird"),
        ("gpt2", "gpt2"),
        ("openai-community/gpt2-medium", "gpt2"),
        ("EleutherAI/gpt-neo-1.3B", "gpt_neo"),
        ("EleutherAI/gpt-j-6B", "gptj"),
        ("EleutherAI/pythia-160m", "gpt_neox"),
        ("facebook/opt-350m", "opt"),
        ("meta-llama/Llama-2-7b-hf", "llama"),
        ("meta-llama/Meta-Llama-3-8B", "llama"),
        ("huggyllama/llama-7b", "llama"),
        ("mistralai/Mistral-7B-v0.1", "mistral"),
        ("Qwen/Qwen2.5-0.5B-Instruct", "qwen2"),
        ("t5-small", "t5"),
        ("google/flan-t5-xl", "t5"),
        ("google/mt5-base", "mt5"),
        ("google/vit-base-patch16-224", "vit"),
        ("facebook/wav2vec2-base-960h", "wav2vec2"),
        ("openai/whisper-small", "whisper"),
    ],
)
def test_family_of(name: str, family: str) -> None:
    assert family_of(name) == family
    assert norm_suffixes(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "model",
        "./bert-base-uncased",
        "/data/models/gpt2",
        "runs/2024/roberta-large",
        "~/llama-7b",
        "meta-llama/Llama-3.2-11B-Vision",
        "google/pegasus-x-base",
        "medicalai/ClinicalBERT",
        "ai4bharat/indic-bert",
        "microsoft/layoutlmv2-base-uncased",
        "my-gpt2",
        "Qwen/Qwen2-VL-7B",
        "dinov2-with-registers-base",
        "vit_base_patch16_224",
    ],
)
def test_what_the_name_leaves_open_is_unknown(name: str) -> None:
    assert norm_suffixes(name) is None


def test_norm_suffixes() -> None:
    assert norm_suffixes("gpt2") == ("ln_1.weight", "ln_2.weight", "ln_f.weight")
    assert norm_suffixes("bert-base-uncased") == ("LayerNorm.weight",)
    assert norm_suffixes("distilbert-base-uncased") == (
        "LayerNorm.weight",
        "output_layer_norm.weight",
        "sa_layer_norm.weight",
    )


def test_every_family_of_the_table_is_in_the_data() -> None:
    families = {family for _, family in norm_names._FAMILIES}
    assert families <= ARCHITECTURES.keys()


def test_how_many_architectures_the_usual_lists_miss() -> None:
    endings = [text.split() for text in ARCHITECTURES.values()]
    assert len(endings) == 545
    assert sum(not any("LayerNorm.weight" in one for one in norms) for norms in endings) == 482
    assert not any(one.rpartition(".")[2] in ("gamma", "beta") for norms in endings for one in norms)
