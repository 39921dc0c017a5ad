"""Messages from a contract: samples, Hypothesis strategies, mutants and the score they give the suite.

* `contracts.generate.sample`: `sample`, one readable message of an operation; `contracts.generate.rendering`: `render`
* `contracts.generate.strategies`: `messages`, `values`, `broken` for a test-suite of your own (imports Hypothesis)
* `contracts.generate.mutants`: `OPERATORS`, `mutants`; `contracts.generate.scoring`: `score`
"""
