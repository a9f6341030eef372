"""Settings: one file, the environment, then options; read strictly, all mistakes told together."""
