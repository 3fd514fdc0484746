"""What the fields of an address are called."""

from enum import auto

from gateway.enums import OwnEnum


class AddressFieldLabel(OwnEnum):
    FIRST_NAME = auto()
    LAST_NAME = auto()
    PHONETIC_FIRST_NAME = auto()
    PHONETIC_LAST_NAME = auto()
    COMPANY_NAME = auto()
    DIVISION = auto()
    STREET_ADDRESS = auto()
    ADDRESS_LINE_2 = auto()
    ADDRESS_LINE_3 = auto()
    CITY = auto()
    POST_TOWN = auto()
    SUBURB = auto()
    DISTRICT = auto()
    AREA = auto()
    COUNTY = auto()
    DEPARTMENT = auto()
    EMIRATE = auto()
    ISLAND = auto()
    OBLAST = auto()
    PARISH = auto()
    PREFECTURE = auto()
    PROVINCE = auto()
    STATE = auto()
    POSTAL_CODE = auto()
    ZIP_CODE = auto()
    PIN_CODE = auto()
    EIRCODE = auto()
    PHONE_NUMBER = auto()
    EMAIL = auto()
