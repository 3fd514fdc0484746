"""German names and descriptions of products.

The German names of categories are in `categories.py`, those of offers in `product_offers.py` and `order_offers.py`.
"""

GERMAN: dict[int, tuple[str, str]] = {
    5401230100: ("Trailhead Tagesrucksack 28 l", "Wetterfester Tagesrucksack mit Laptopfach."),
    5401230200: ("Summit Trekkingstöcke", "Stöcke aus Carbon, gefaltet 38 cm."),
    5401230300: ("Cascade GPS-Uhr", "Mehrband-GPS-Uhr mit Offline-Karten."),
    5401230400: ("Cascade GPS-Uhr - Graphit", "Mehrband-GPS-Uhr mit Offline-Karten. Gehäuse in Graphit."),
    5401230500: ("Cascade GPS-Uhr - Gletscher", "Mehrband-GPS-Uhr mit Offline-Karten. Gehäuse in Gletscherblau."),
    5401230600: ("Basecamp Stirnlampe", "400 Lumen, über USB-C geladen."),
    5401230700: ("RouteMapper Pro", "Software für die Tourenplanung, Lizenz für ein Jahr, zum Herunterladen."),
    5401230800: ("Wanderatlas Alpen", "Alle markierten Wege der Alpen als E-Book."),
    5401230900: ("Offline-Karten Europa", "Karten von 44 Ländern für jede GPS-Uhr."),
    5401231000: ("Ridge Trinkflasche", "0,75 l, Stahl, hält einen Tag lang kühl."),
    5401231100: ("Pine Campingkocher", "Brennt, was herumliegt. Höchstens drei je Bestellung."),
    5401231200: ("Storm Shelter Zelt", "Vier Jahreszeiten, zwei Personen."),
    5401231300: ("Feldnotizen, erste Auflage", "Signiert und nummeriert."),
    5401231400: ("Glacier Sonnenbrille", "Gläser der Kategorie 4 mit Seitenschutz."),
    5401231500: ("Ridgeline Drohne", "Folgt dem Weg von oben."),
    5401231600: ("Wegekarten Live", "Karten, die Sperrungen und Wetter folgen. Verlängert sich jeden Monat."),
    5401231700: ("Camp Kaffeekiste", "Ein Kilo Bohnen für unterwegs. Verlängert sich jedes Jahr."),
}
"""Name and short description, by the product's id."""


GERMAN_AXES = {"color": "Farbe"}
"""Names of the attributes in which variations differ."""


def is_german(locale: str) -> bool:
    return locale.startswith("de")
