"""How the norm weights of well-known models are called, where a literal name or a class says which architecture it is.

The endings of the names stand in `norm_names.json`, obtained as it says. Which architecture a hub name belongs to is
told by the table below: only names that leave no choice (`chinese-roberta-wwm-ext` is a BERT, `bigbird-roberta-base` a
BigBird, `gpt-j-6b` no GPT-2). Any other name is unknown. A class of transformers has its architecture in front of what
it is for: `GPT2LMHeadModel`, `XLMRobertaForTokenClassification`.
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
    """The endings of the norm weights' names of the model that a hub calls so, None where the name leaves it open.

    `norm_suffixes("gpt2")` is `("ln_1.weight", "ln_2.weight", "ln_f.weight")`. The organisation in front may be left
    out; a path in a file system says nothing.
    """
    family = family_of(model_name)
    if family is None:
        return None
    return tuple(_architectures()[family].split())


def class_suffixes(class_name: str) -> tuple[str, ...] | None:
    """The endings of the norm weights' names of a class of transformers, None for a class of none of its architectures.

    `class_suffixes("GPT2LMHeadModel")` is what `norm_suffixes("gpt2")` is."""
    architecture = _PURPOSE.sub("", class_name)
    if architecture == class_name:
        return None
    found = _by_class_name().get(architecture.lower())
    return tuple(_architectures()[found].split()) if found is not None else None


def family_of(model_name: str) -> str | None:
    """The architecture, as transformers calls its type (`deberta-v2`), that a hub name surely belongs to."""
    organisation, _, name = model_name.lower().rpartition("/")
    if "/" in organisation or organisation.startswith((".", "~")) or model_name.startswith("/"):
        return None
    return next((family for pattern, family in _FAMILIES if re.match(pattern, name)), None)


@cache
def _architectures() -> dict[str, str]:
    """The data, which is read when it is first asked for."""
    text = Path(__file__).with_name("norm_names.json").read_text("utf-8")
    found: dict[str, str] = json.loads(text)["architectures"]
    return found


@cache
def _by_class_name() -> dict[str, str]:
    """The architectures by the beginnings of their classes' names, in lower case: `xlmroberta`, `debertav2`."""
    return {re.sub(r"[-_]", "", family): family for family in _architectures()}
