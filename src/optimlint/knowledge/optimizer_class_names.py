"""The names of all optimizer classes and wrappers of the catalog. Written by scripts/catalog.py.

The catalog's own file is large. The scan of a source comes before anything else and has no time to read it.
"""

NAMES = frozenset(
    {
        "A2Grad", "A2GradExp", "A2GradInc", "A2GradUni", "ADOPT", "APOLLO", "ASGD", "AccSGD", "AcceleratedOptimizer",
        "AdEMAMix", "AdEMAMix32bit", "AdEMAMix8bit", "AdaBelief", "AdaBound", "AdaDelta", "AdaFactor", "AdaGC", "AdaGO",
        "AdaHessian", "AdaLOMO", "AdaMax", "AdaMod", "AdaMuon", "AdaNorm", "AdaPNM", "AdaShift", "AdaSmooth", "AdaTAM",
        "Adadelta", "Adafactor", "AdafactorBigVision", "Adagrad", "Adagrad32bit", "Adagrad8bit", "Adahessian", "Adai",
        "Adalite", "Adam", "Adam32bit", "Adam8bit", "AdamC", "AdamG", "AdamMini", "AdamP", "AdamS", "AdamW",
        "AdamW32bit", "AdamW8bit", "AdamWLegacy", "AdamWSN", "AdamWScheduleFree", "AdamWScheduleFreeClosure",
        "AdamWScheduleFreePaper", "AdamWScheduleFreeReference", "Adam_mini", "Adamax", "Adan", "Adopt", "AggMo", "Aida",
        "AliG", "Alice", "Amos", "Ano", "Apollo", "ApolloDQN", "AvaGrad", "BCOS", "BSAM", "BertAdam", "CAME", "CPUAdam",
        "Conda", "DASH", "DAdaptAdaGrad", "DAdaptAdam", "DAdaptAdamPreprint", "DAdaptAdan", "DAdaptAdanIP",
        "DAdaptLion", "DAdaptSGD", "DeMo", "DeepSpeedCPUAdagrad", "DeepSpeedCPUAdam", "DeepSpeedCPULion", "DiffGrad",
        "DistributedMuon", "DistributedOptimizer", "DualAdam", "EXAdam", "EmoFact", "EmoLynx", "EmoNavi", "FAdam",
        "FOCUS", "FTRL", "Fira", "FlashAdamW", "FriendlySAM", "Fromage", "FusedAdam", "FusedAdamV1", "FusedLAMB",
        "FusedLamb", "FusedLion", "FusedNovoGrad", "FusedSGD", "GSAM", "GaLore", "GaLoreAdafactor", "GaLoreAdamW",
        "GaLoreAdamW8bit", "Grams", "Gravity", "GrokFastAdamW", "Kate", "Kron", "LAMB", "LAMB32bit", "LAMB8bit", "LARS",
        "LARS32bit", "LARS8bit", "LBFGS", "LOMO", "LaProp", "Lamb", "Lars", "LayerWiseDummyOptimizer", "Lion",
        "Lion32bit", "Lion8bit", "LoRARite", "LookSAM", "Lookahead", "MADGRAD", "MARS", "MSVAG", "Magma", "Mars",
        "MirrorMADGRAD", "Muon", "MuonClip", "MuonWithAuxAdam", "NAG", "NAdam", "NAdamLegacy", "NAdamW", "Nero",
        "NorMuon", "NovoGrad", "NvNovoGrad", "OSS", "OrthoGrad", "PAdam", "PCGrad", "PID", "PNM", "PagedAdEMAMix",
        "PagedAdEMAMix32bit", "PagedAdEMAMix8bit", "PagedAdam", "PagedAdam32bit", "PagedAdam8bit", "PagedAdamW",
        "PagedAdamW32bit", "PagedAdamW8bit", "PagedLion", "PagedLion32bit", "PagedLion8bit", "PostLocalSGDOptimizer",
        "Prodigy", "ProdigyReference", "PytorchLARS", "QHAdam", "QHM", "RACS", "RAdam", "RAdamLegacy",
        "RAdamScheduleFree", "RAdamScheduleFreeClosure", "RMSprop", "RMSprop32bit", "RMSprop8bit", "RMSpropTF", "ROSE",
        "Ranger", "Ranger21", "Ranger21abel", "RangerQH", "RangerVA", "Rprop", "SAM", "SCION", "SCIONLight", "SGD",
        "SGD32bit", "SGD8bit", "SGDP", "SGDSaI", "SGDScheduleFree", "SGDScheduleFreeClosure",
        "SGDScheduleFreeReference", "SGDW", "SM3", "SOAP", "SPAM", "SPlus", "SRMM", "SWATS", "SaRA",
        "SafeFP16Optimizer", "ScalableShampoo", "ScheduleFreeAdamW", "ScheduleFreeRAdam", "ScheduleFreeSGD",
        "ScheduleFreeWrapper", "Shampoo", "SignSGD", "SimplifiedAdEMAMix", "SingleDeviceMuon",
        "SingleDeviceMuonWithAuxAdam", "SophiaG", "SophiaH", "SparseAdam", "SpectralSphere", "StableAdamW",
        "StableSPAM", "TAM", "TRAC", "Tiger", "VSGD", "WSAM", "Yogi", "ZeroRedundancyOptimizer", "_NamedOptimizer",
    }
)  # fmt: skip
