"""Word lists for firms, people and addresses. Made up here; a likeness would be chance."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from django.utils.text import slugify

_FRONT = (
    "Alder", "Amber", "Ash", "Bramble", "Brindle", "Cinder", "Clover", "Copper", "Drift", "Ember", "Fallow",
    "Fern", "Flint", "Gorse", "Hazel", "Heather", "Juniper", "Kestrel", "Larch", "Linden", "Marl", "Mill",
    "Moss", "Myrtle", "Otter", "Peat", "Pippin", "Quill", "Reed", "Rook", "Rowan", "Sedge", "Sorrel",
    "Tansy", "Teasel", "Thistle", "Umber", "Wicker", "Willow", "Yarrow",
)  # fmt: skip
_BACK = (
    "bank", "barrow", "combe", "cote", "croft", "dale", "fen", "gate", "hollow", "holt", "hurst", "lea",
    "mere", "moor", "ridge", "stead", "thorpe", "wick",
)  # fmt: skip
_TRADES = (
    "Bakery", "Bindery", "Boat Works", "Brewing Co-op", "Cabinet Makers", "Ceramics", "Cheese Dairy",
    "Cycle Works", "Dental Practice", "Event Hall", "Farm Supply", "Furniture Works", "Garden Center",
    "Glass Studio", "Grain Mill", "Guest House", "Hardware", "Joinery", "Kitchen Interiors", "Machine Shop",
    "Music School", "Nursery School", "Orchards", "Paper Goods", "Plumbing & Heat", "Pottery", "Print Shop",
    "Roofing", "School District", "Sign Makers", "Tailoring", "Tea Rooms", "Theater", "Tool Rental",
    "Upholstery", "Veterinary Clinic", "Winery",
)  # fmt: skip
_GERMAN = (
    "Ahrental",
    "Birkenfurt",
    "Dornwalde",
    "Eichenried",
    "Hasselbrunn",
    "Moorhagen",
    "Rabenfels",
    "Weidlingen",
)
_GERMAN_TRADES = (
    "Holzbau GmbH",
    "Werkzeuge GmbH",
    "Messebau GmbH & Co. KG",
    "Gartenbau GmbH",
    "Druckerei e.K.",
)
_FRENCH = ("Valbrune", "Clairfontaine-sur-Orme", "Montrivel", "Sauvelande", "Belcombe", "Rochemaure-les-Prés")
_FRENCH_TRADES = ("Menuiserie %s SARL", "Ateliers de %s SAS", "Librairie %s", "Vergers de %s SAS")
_JAPANESE = ("Asagiri", "Hinokawa", "Kazemachi", "Minazuki", "Sugimori", "Tsukikage")
_JAPANESE_TRADES = ("Kobo K.K.", "Seisakusho K.K.", "Shoten Y.K.", "Design K.K.")

_PEOPLE = {
    "US": (
        ("Abel", "Bettina", "Corwin", "Delphine", "Ezra", "Fiona", "Gideon", "Harriet", "Ines", "Jasper",
         "Keziah", "Lionel", "Maude", "Nadia", "Orson", "Priya", "Quentin", "Rosalind", "Silas", "Tamsin"),
        ("Ashgrove", "Bellweather", "Calloway-Reyes", "Dunmarrow", "Eastlake", "Fairbrook", "Greystoke-Lin",
         "Hollowell", "Inkersley", "Kettlewell", "Larkspur", "Merriwell", "Nightingale", "Okonjo",
         "Pennyfeather", "Quillan", "Rosswood", "Stillwater", "Thackery", "Winterbourne"),
    ),
    "DE": (("Anselm", "Frauke", "Gesine", "Henning", "Imke", "Lorenz"),
           ("Bruchfeld", "Dornkamp", "Ellerbrück", "Hagenow", "Süßmilch", "Wiesengrund")),
    "FR": (("Aurélie", "Basile", "Clémence", "Élodie", "Gaspard", "Maëlle"),
           ("Beauchêne", "Delorme", "Fontvielle", "Laroque-Pré", "Malbrun", "Sauveterre")),
    "JP": (("Akane", "Daichi", "Haruka", "Kenta", "Natsumi", "Ryo"),
           ("Asahina", "Hoshizaki", "Kirishima", "Mizutani", "Shirogane", "Tachibana")),
}  # fmt: skip

_STREETS = {
    "US": (
        "Mill Race Rd",
        "Old Orchard Ln",
        "Granary St",
        "Depot St",
        "Foundry Ave",
        "Quarry Rd",
        "Lantern Way",
    ),
    "DE": ("Am Mühlbach", "Lindengasse", "Ziegelweg", "Kirschallee", "Alter Bahndamm"),
    "FR": ("rue des Tilleuls", "chemin du Moulin", "place de la Halle", "rue du Pressoir"),
    "JP": ("Midorimachi", "Sakuradai", "Honcho", "Minamiguchi"),
}
# Town, state, the first digits of its postal codes.
_TOWNS = {
    "US": (
        ("Peoria", "IL", "616"), ("Dubuque", "IA", "520"), ("Duluth", "MN", "558"),
        ("Eau Claire", "WI", "547"), ("Topeka", "KS", "666"), ("Akron", "OH", "443"),
        ("Chattanooga", "TN", "374"), ("Boise", "ID", "837"), ("Eugene", "OR", "974"),
        ("Lancaster", "PA", "176"), ("Burlington", "VT", "054"), ("Tucson", "AZ", "857"),
    ),
    "DE": (("Bremen", "", "281"), ("Kassel", "", "341"), ("Erfurt", "", "990"), ("Ulm", "", "890")),
    "FR": (("Nantes", "", "440"), ("Dijon", "", "210"), ("Annecy", "", "740"), ("Rouen", "", "760")),
    "JP": (("Kanazawa-shi", "Ishikawa", "920"), ("Matsumoto-shi", "Nagano", "390")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """As the columns of a customer want it."""

    address1: str
    city: str
    state: str
    postal_code: str
    country: str

    def as_values(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__slots__}


class Namer:
    """Hands out names without repeating one."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken: set[str] = set()

    def firm(self, country: str = "US") -> str:
        return self._fresh(lambda: _firm(self._rng, country))

    def place(self) -> str:
        """An invented place, for firms that share one name."""
        return self._fresh(lambda: _place(self._rng))

    def person(self, country: str = "US") -> str:
        first, last = _PEOPLE[country]
        return self._fresh(lambda: f"{self._rng.choice(first)} {self._rng.choice(last)}")

    def _fresh(self, draw: Callable[[], str]) -> str:
        for _ in range(1000):
            name = draw()
            if name not in self._taken:
                break
        else:  # the lists are used up: number the rest
            name = f"{name} {len(self._taken)}"
        self._taken.add(name)
        return name


def address(rng: Random, country: str) -> Address:
    street, house = rng.choice(_STREETS[country]), rng.randrange(2, 190)
    city, state, digits = rng.choice(_TOWNS[country])
    line, code = {
        "US": (f"{house * 10} {street}", f"{digits}{rng.randrange(1, 30):02}"),
        "DE": (f"{street} {house}", f"{digits}{rng.randrange(1, 99):02}"),
        "FR": (f"{house} {street}", f"{digits}00"),
        "JP": (f"{rng.randrange(1, 6)}-{rng.randrange(1, 20)}-{rng.randrange(1, 12)} {street}",
               f"{digits}-{rng.randrange(1, 99):04}"),
    }[country]  # fmt: skip
    return Address(line, city, state, code, country)


def phone(rng: Random) -> str:
    """A number of the range that is kept free for stories."""
    return f"+1{rng.choice((217, 309, 515, 608, 815))}55501{rng.randrange(100):02}"


def domain(name: str) -> str:
    """`Alderwick Bakery` → `alderwick-bakery.example`."""
    return f"{slugify(name)[:40].strip('-')}.example"


def _place(rng: Random) -> str:
    return rng.choice(_FRONT) + rng.choice(_BACK)


def _firm(rng: Random, country: str) -> str:
    if country == "DE":
        return f"{rng.choice(_GERMAN)} {rng.choice(_GERMAN_TRADES)}"
    if country == "FR":
        return rng.choice(_FRENCH_TRADES) % rng.choice(_FRENCH)
    if country == "JP":
        return f"{rng.choice(_JAPANESE)} {rng.choice(_JAPANESE_TRADES)}"
    return f"{_place(rng)} {rng.choice(_TRADES)}"
