"""Places: the district, its belts and their nodes, parks, buildings, space and incubators."""

from parks.models.belts import Belt, BeltNode
from parks.models.carriers import Building, Park, Space
from parks.models.districts import District
from parks.models.incubators import Incubator, Liaison, Mentor, Service
from parks.models.operators import ParkOperator

__all__ = [
    "Belt",
    "BeltNode",
    "Building",
    "District",
    "Incubator",
    "Liaison",
    "Mentor",
    "Park",
    "ParkOperator",
    "Service",
    "Space",
]
