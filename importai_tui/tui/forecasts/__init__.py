"""The ledger: the screen of forecasts and the user's verdicts on them."""
