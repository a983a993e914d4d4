"""What of a claim its evidence may lack."""

from __future__ import annotations

from enum import Enum


class Gap(Enum):
    """What of a claim its evidence lacks, or tells otherwise."""

    ENTITY = "entity"
    QUANTITY = "quantity"
    TIME = "time"
    POLARITY = "polarity"
    MODALITY = "modality"
    ROLE = "role"
    RELATION = "relation"
