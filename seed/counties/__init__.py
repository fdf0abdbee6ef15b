"""The counties, one data file each. Source: 领域 5 and the four documents."""

from seed.counties.balinzuoqi import BALINZUOQI
from seed.counties.heshuo import HESHUO
from seed.counties.shape import CountyData
from seed.counties.wenxian import WENXIAN
from seed.counties.wuzhi import WUZHI

COUNTIES: tuple[CountyData, ...] = (WENXIAN, WUZHI, BALINZUOQI, HESHUO)

__all__ = ["COUNTIES", "CountyData"]
