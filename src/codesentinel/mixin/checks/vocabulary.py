"""Words that Grafana knows: units, reducers, transformations, panels, matchers.

Units, reducers and transformations were read from ``@grafana/data`` 13.2.3 (``getValueFormats``,
``fieldReducers``, ``DataTransformerID``); panels are the core ones of Grafana 13.
"""

from __future__ import annotations

UNITS_BY_KIND: dict[str, frozenset[str]] = {
    kind: frozenset(words.split())
    for kind, words in {
        "misc": (
            "none string short sishort percent percentunit humidity dB candela hex0x hex sci locale pixel"
        ),
        "acceleration": "accMS2 accFS2 accG",
        "angle": "degree radian grad arcmin arcsec",
        "area": "areaM2 areaF2 areaMI2 acres hectares",
        "computation": "flops mflops gflops tflops pflops eflops zflops yflops",
        "concentration": (
            "ppm conppb conngm3 conngNm3 conμgm3 conμgNm3 conmgm3 conmgNm3 congm3 congNm3 conmgdL conmmolL"
        ),
        "currency": (
            "currencyUSD currencyGBP currencyEUR currencyJPY currencyRUB currencyUAH currencyBRL "
            "currencyDKK currencyISK currencyNOK currencySEK currencyCZK currencyCHF currencyPLN "
            "currencyBTC currencymBTC currencyμBTC currencyZAR currencyINR currencyKRW currencyIDR "
            "currencyPHP currencyVND currencyTRY currencyMYR currencyXPF currencyBGN currencyPYG "
            "currencyUYU currencyILS"
        ),
        "data": (
            "bytes decbytes bits decbits kbytes deckbytes mbytes decmbytes gbytes decgbytes tbytes "
            "dectbytes pbytes decpbytes"
        ),
        "data rate": (
            "pps binBps Bps binbps bps KiBs Kibits KBs Kbits MiBs Mibits MBs Mbits GiBs Gibits GBs "
            "Gbits TiBs Tibits TBs Tbits PiBs Pibits PBs Pbits"
        ),
        "date & time": (
            "dateTimeAsIso dateTimeAsIsoNoDateIfToday dateTimeAsUS dateTimeAsUSNoDateIfToday "
            "dateTimeAsLocal dateTimeAsLocalNoDateIfToday dateTimeAsSystem dateTimeFromNow"
        ),
        "energy": (
            "watt kwatt megwatt gwatt mwatt Wm2 voltamp kvoltamp voltampreact kvoltampreact watth "
            "watthperkg kwatth kwattm mwatth amph kamph mamph joule ev amp kamp mamp volt kvolt mvolt "
            "dBm mohm ohm kohm Mohm farad µfarad nfarad pfarad ffarad henry mhenry µhenry lumens"
        ),
        "flow": "flowgpm flowcms flowcfs flowcfm litreh flowlpm flowmlpm lux",
        "force": "forceNm forcekNm forceN forcekN",
        "hash rate": "Hs KHs MHs GHs THs PHs EHs",
        "mass": "massmg massg masslb masskg masst",
        "length": "lengthmm lengthcm lengthin lengthft lengthm lengthkm lengthmi",
        "pressure": (
            "pressurembar pressurebar pressurekbar pressurepa pressurehpa pressurekpa pressurehg pressurepsi"
        ),
        "radiation": (
            "radbq radci radgy radrad radsv radmsv radusv radrem radexpckg radr radsvh radmsvh radusvh"
        ),
        "rotational speed": "rotrpm rothz rotkhz rotmhz rotghz rotrads rotdegs",
        "temperature": "celsius fahrenheit kelvin",
        "time": ("hertz ns µs ms s m h d dtdurationms dtdurations dthms dtdhms timeticks clockms clocks"),
        "throughput": (
            "cps ops reqps rps wps iops eps mps recps rowsps cpm opm reqpm rpm wpm epm mpm recpm rowspm"
        ),
        "velocity": "velocityms velocitykmh velocitymph velocityknot",
        "volume": "mlitre litre m3 Nm3 dm3 gallons",
        "boolean": "bool bool_yes_no bool_on_off",
    }.items()
}
"""The units that a panel may name, by what they measure."""

UNITS = frozenset(unit for units in UNITS_BY_KIND.values() for unit in units)
CUSTOM_UNITS = ("prefix:", "suffix:", "time:", "si:", "count:", "currency:", "bool:")
"""How a unit of one's own begins."""

REDUCERS = frozenset(
    "lastNotNull last firstNotNull first min max mean median variance stdDev sum count "
    "countAll range delta step diff logmin allIsZero allIsNull changeCount distinctCount diffperc "
    "allValues uniqueValues".split()
) | frozenset(f"p{n}" for n in range(1, 100))

TRANSFORMATIONS = frozenset(
    "append reduce order organize rename calculateField seriesToColumns seriesToRows merge "
    "concatenate labelsToFields filterFields filterFieldsByName filterFrames filterByRefId "
    "renameByRegex filterByValue noop ensureColumns groupBy sortBy histogram configFromData "
    "rowsToFields prepareTimeSeries convertFieldType convertFrameType fieldLookup heatmap "
    "spatial joinByField joinByLabels extractFields groupingToMatrix limit partitionByValues "
    "timeSeriesTable transpose formatTime formatString regression smoothing "
    "groupToNestedTable".split()
)

PANELS = frozenset(
    "timeseries barchart stat gauge bargauge table piechart state-timeline heatmap status-history histogram "
    "text alertlist dashlist news annolist welcome gettingstarted logs nodeGraph traces flamegraph canvas "
    "geomap datagrid xychart trend candlestick row debug live".split()
)
REMOVED_PANELS = {
    "graph": "timeseries",
    "singlestat": "stat",
    "table-old": "table",
    "heatmap-new": "heatmap",
    "grafana-piechart-panel": "piechart",
    "grafana-worldmap-panel": "geomap",
}
"""Panels that Grafana 12 and later show no more, and what takes their place."""

MATCHERS = frozenset(
    "byName byNames byRegexp byType byFrameRefID byValue byTypes first firstTimeField".split()
)
PROPERTIES = frozenset(
    "displayName unit min max decimals noValue color thresholds mappings links filterable description "
    "fieldMinMax unitScale actions displayNameFromDS path".split()
)
"""What an override can set, besides what begins with ``custom.``."""
