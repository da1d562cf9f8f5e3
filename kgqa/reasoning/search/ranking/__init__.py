"""Which candidate plan is likeliest meant: features of plans, and a calibrated linear ranker over them."""
