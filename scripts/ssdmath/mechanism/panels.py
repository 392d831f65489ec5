"""Names of the geometry's panels, as the column `panel` of geometry.parquet holds them."""

BEYOND_RANK = "beyond rank"  # 1 - cumulative mass of the likeliest tokens, over ranks
SURVIVORS = "survivors"  # tokens that survive top-k and top-p, over T_eval
ENTROPY = "entropy"  # nats after the filter, over T_eval
TOP_MASS = "top-20 mass"  # mass of the 20 likeliest tokens before the filter, over T_eval
MATCHED_ENTROPY = "matched entropy"  # entropy over the top-20 mass instead of T_eval
MASS_OF = "mass of "  # and a word: probability of its tokens at T = 1
CLOSING = "</think>"  # the word whose mass says whether thinking ends sooner
