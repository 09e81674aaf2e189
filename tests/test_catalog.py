"""The catalog of optimizers, and how it is looked up."""

import subprocess
import sys
from pathlib import Path

import pytest

from optimlint.knowledge.catalog import (
    Given,
    find_consumer,
    find_factory,
    find_group_builder,
    find_name_builder,
    find_optimizer,
    find_wrapper,
)


@pytest.mark.parametrize(
    ("path", "decay"),
    [
        ("torch.optim.AdamW", 0.01),
        ("torch.optim.adamw.AdamW", 0.01),
        ("torch.optim.Muon", 0.1),
        ("torch.optim.NAdam", 0),
        ("torch.optim.Adam", 0),
        ("torch.optim.SGD", 0),
        ("transformers.AdamW", 0.0),
        ("transformers.optimization.AdamW", 0.0),
        ("pytorch_transformers.AdamW", 0.0),
        ("transformers.Adafactor", 0.0),
        ("pytorch_pretrained_bert.BertAdam", 0.01),
        ("pytorch_pretrained_bert.optimization.BertAdam", 0.01),
        ("apex.optimizers.FusedAdam", 0.0),
        ("apex.optimizers.FusedLAMB", 0.01),
        ("bitsandbytes.optim.AdamW8bit", 0.01),
        ("timm.optim.Lamb", 0.01),
        ("sophia_opt.SophiaG", 0.1),
    ],
)
def test_default_decay(path: str, decay: float) -> None:
    found = find_optimizer(path)
    assert found
    assert found.default_decay == decay
    assert found.has_weight_decay
    assert found.params_position == 0


@pytest.mark.parametrize("path", ["torch.optim.Rprop", "torch.optim.SparseAdam", "torch.optim.LBFGS"])
def test_an_optimizer_without_weight_decay_has_no_default(path: str) -> None:
    found = find_optimizer(path)
    assert found
    assert found.has_weight_decay is False
    assert found.default_decay is None


def test_an_alias_leads_to_the_same_entry() -> None:
    assert find_optimizer("torch.optim.adamw.AdamW") == find_optimizer("torch.optim.AdamW")
    found = find_optimizer("transformers.optimization.AdamW")
    assert found
    assert found.qualified_name == "transformers.AdamW"
    assert found.name == "AdamW"


@pytest.mark.parametrize("path", ["AdamW", "torch.optim", "torch.optim.NoSuch", "torch.nn.Linear", ""])
def test_what_is_not_known_is_not_guessed(path: str) -> None:
    assert find_optimizer(path) is None
    assert find_wrapper(path) is None


def test_positional_arguments_of_sgd() -> None:
    found = find_optimizer("torch.optim.SGD")
    assert found
    assert found.parameters[:5] == ("params", "lr", "momentum", "dampening", "weight_decay")
    assert found.default_lr == 0.001


def test_positional_arguments_that_read_otherwise_than_torchs() -> None:
    apex = find_optimizer("apex.optimizers.FusedAdam")
    muon = find_optimizer("torch.optim.Muon")
    assert apex and apex.parameters[:3] == ("params", "lr", "bias_correction")
    assert muon and muon.parameters[:3] == ("params", "lr", "weight_decay")


def test_group_keys() -> None:
    adamw = find_optimizer("torch.optim.AdamW")
    assert adamw and adamw.group_keys
    assert {"lr", "weight_decay", "betas", "eps"} <= adamw.group_keys
    assert not {"weight_decay_rate", "momentum", "params", "lr_scale"} & adamw.group_keys


def test_group_keys_that_only_the_step_reads() -> None:
    galore = find_optimizer("galore_torch.GaLoreAdamW")
    assert galore and galore.group_keys
    assert {"rank", "update_proj_gap", "scale", "proj_type"} <= galore.group_keys


def test_group_keys_that_differ_by_version_are_unknown() -> None:
    bert_adam = find_optimizer("pytorch_pretrained_bert.BertAdam")
    assert bert_adam
    assert bert_adam.group_keys is None


def test_other_callables_are_found_by_their_kind_alone() -> None:
    lookahead = find_wrapper("timm.optim.lookahead.Lookahead")
    assert lookahead and lookahead.given is Given.OPTIMIZER
    assert find_factory("timm.optim.lookahead.Lookahead") is None
    factory = find_factory("timm.optim.create_optimizer")
    assert factory and (factory.argument, factory.position) == ("model", 1)
    builder = find_group_builder("timm.optim.optim_factory.param_groups_weight_decay")
    assert builder and builder.given is Given.MODEL
    assert find_name_builder("transformers.trainer_pt_utils.get_parameter_names")
    consumer = find_consumer("deepspeed.initialize")
    assert consumer and (consumer.argument, consumer.position) == ("model_parameters", 3)
    assert consumer.given is Given.PARAMETERS


def test_the_data_is_not_read_before_a_name_is_looked_up() -> None:
    code = "import sys, optimlint.check; from optimlint.knowledge.catalog import _by_name as data; "
    code += "sys.exit(data.cache_info().currsize)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_entry_says_where_it_comes_from(catalog_text: str) -> None:
    entries = [line for line in catalog_text.splitlines() if line.startswith('{"name"')]
    assert len(entries) > 300
    assert all('"source":"' in line for line in entries)
    assert all("introspected" in line or ", source" in line for line in entries)


@pytest.fixture
def catalog_text() -> str:
    import optimlint.knowledge.catalog as module

    return Path(module.__file__).with_name("optimizers_catalog.json").read_text("utf-8")
