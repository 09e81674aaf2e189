"""Names of the norm weights of well-known models, given a hub name or a class name.

The name suffixes are in `norm_names.json`, which says where they come from. The table below maps hub names to
architectures. It lists only unambiguous names (`chinese-roberta-wwm-ext` is a BERT, `bigbird-roberta-base` a BigBird,
`gpt-j-6b` not a GPT-2); any other name is unknown. Class names of transformers start with the architecture:
`GPT2LMHeadModel`, `XLMRobertaForTokenClassification`.
"""

import json
import re
from functools import cache
from pathlib import Path

_SIZE = r"(?:tiny|mini|small|medium|base|large|x+large|xl|huge|giant)"
_FAMILIES: tuple[tuple[str, str], ...] = (
    (rf"bert-{_SIZE}|bert_(?:un)?cased_l-|bert_uncased_l-|labse$|all-minilm-l\d+-v\d|tinybert_|rubert-base", "bert"),
    (r"biobert|bio_?clinicalbert$|scibert_scivocab|legal-bert-|finbert(?:-tone)?$", "bert"),
    (r"chinese-(?:bert-wwm|roberta-wwm|macbert-)|e5-(?:small|base|large)(?:-v2)?$|bge-(?:small|base|large)-", "bert"),
    (rf"roberta-{_SIZE}|distilroberta-base|bertweet-|phobert-|(?:graph)?codebert-base|twitter-roberta-", "roberta"),
    (r"xlm-roberta-(?:base|large)|multilingual-e5-(?:base|large)", "xlm-roberta"),
    (r"camembert-", "camembert"),
    (r"distilbert-base-", "distilbert"),
    (rf"albert-{_SIZE}", "albert"),
    (rf"electra-{_SIZE}", "electra"),
    (rf"m?deberta-v[23]-{_SIZE}", "deberta-v2"),
    (rf"deberta-{_SIZE}", "deberta"),
    (r"(?:all-|paraphrase-|multi-qa-)?mpnet-base", "mpnet"),
    (r"longformer-(?:base|large)-", "longformer"),
    (r"bigbird-roberta-", "big_bird"),
    (r"layoutlm-(?:base|large)-", "layoutlm"),
    (r"layoutlmv3-", "layoutlmv3"),
    (r"squeezebert-", "squeezebert"),
    (rf"convbert-{_SIZE}|convbert-medium-small", "convbert"),
    (r"xlnet-(?:base|large)-", "xlnet"),
    (r"openai-gpt$", "openai-gpt"),
    (r"gpt2(?:$|-)|distilgpt2$|dialogpt-", "gpt2"),
    (r"gpt-neo-\d", "gpt_neo"),
    (r"gpt-neox-|pythia-\d", "gpt_neox"),
    (r"gpt-j-6b", "gptj"),
    (r"opt-[\d.]+[mb]$", "opt"),
    (r"bloomz?(?:-|$)", "bloom"),
    (r"llama-?[123]?-\d+b|llama-2-|(?:meta-)?llama-3(?:\.[13])?-\d+b|llama-3\.2-[13]b|vicuna-\d|tinyllama", "llama"),
    (r"mistral-7b-", "mistral"),
    (r"mixtral-8x\d+b-", "mixtral"),
    (r"gemma-[27]b", "gemma"),
    (r"gemma-2-\d", "gemma2"),
    (r"qwen(?:1\.5|2|2\.5)-[\d.]+b", "qwen2"),
    (r"qwen3-[\d.]+b(?!-a\d)", "qwen3"),
    (r"phi-(?:1|1_5|2)$", "phi"),
    (r"falcon-(?:7b|40b)", "falcon"),
    (rf"(?:flan-|by)?t5-(?:{_SIZE}|\d+b|x*l)|t5-v1_1-|codet5-", "t5"),
    (rf"mt5-{_SIZE}", "mt5"),
    (r"bart-(?:base|large)", "bart"),
    (r"mbart-large", "mbart"),
    (r"pegasus-(?!x-)", "pegasus"),
    (r"opus-mt-", "marian"),
    (r"m2m100_", "m2m_100"),
    (rf"vit-{_SIZE}-patch", "vit"),
    (rf"vit-mae-{_SIZE}", "vit_mae"),
    (rf"deit-{_SIZE}-patch", "deit"),
    (rf"beit-{_SIZE}-patch", "beit"),
    (rf"swin-{_SIZE}-patch", "swin"),
    (rf"swinv2-{_SIZE}-patch", "swinv2"),
    (rf"convnext-{_SIZE}-", "convnext"),
    (rf"convnextv2-{_SIZE}-", "convnextv2"),
    (r"dinov2-(?:small|base|large|giant)$", "dinov2"),
    (r"segformer-b\d|mit-b\d$", "segformer"),
    (r"wav2vec2-(?:base|large)|wav2vec2-xls-r-", "wav2vec2"),
    (r"hubert-(?:base|large|xlarge)", "hubert"),
    (rf"wavlm-{_SIZE}", "wavlm"),
    (rf"whisper-{_SIZE}", "whisper"),
    (r"clip-vit-(?:base|large)-patch", "clip"),
)

_PURPOSE = re.compile(r"(?:Model|LMHeadModel|DoubleHeadsModel|WithLMHeadModel|For[A-Z]\w+)$")


@cache
def norm_suffixes(model_name: str) -> tuple[str, ...] | None:
    """The name suffixes of the norm weights of a hub model; None if its name is ambiguous.

    `norm_suffixes("gpt2")` is `("ln_1.weight", "ln_2.weight", "ln_f.weight")`. The organisation prefix is optional;
    file system paths are unknown.
    """
    family = family_of(model_name)
    if family is None:
        return None
    return tuple(_architectures()[family].split())


def class_suffixes(class_name: str) -> tuple[str, ...] | None:
    """The name suffixes of the norm weights of a transformers class; None if its architecture is unknown.

    `class_suffixes("GPT2LMHeadModel")` equals `norm_suffixes("gpt2")`.
    """
    architecture = _PURPOSE.sub("", class_name)
    if architecture == class_name:
        return None
    found = _by_class_name().get(architecture.lower())
    return tuple(_architectures()[found].split()) if found is not None else None


def family_of(model_name: str) -> str | None:
    """The architecture of a hub model by its transformers model type (`deberta-v2`); None if its name is ambiguous."""
    organisation, _, name = model_name.lower().rpartition("/")
    if "/" in organisation or organisation.startswith((".", "~")) or model_name.startswith("/"):
        return None
    return next((family for pattern, family in _FAMILIES if re.match(pattern, name)), None)


@cache
def _architectures() -> dict[str, str]:
    """The data, loaded on first use."""
    text = Path(__file__).with_name("norm_names.json").read_text("utf-8")
    found: dict[str, str] = json.loads(text)["architectures"]
    return found


@cache
def _by_class_name() -> dict[str, str]:
    """Architectures by the lower-case prefix of their class names: `xlmroberta`, `debertav2`."""
    return {re.sub(r"[-_]", "", family): family for family in _architectures()}
