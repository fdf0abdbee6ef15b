"""What may happen: the rules of the program, by area.

Each package imports only packages to its left; `tests/test_layers.py` holds the order:
kernel ← records ← master_data ← key_targets ← cases ← statistics ← ledgers ← papers ← desk ← transfer.
Importing any of them registers the guards of all tables.
"""

from services import guards as guards
