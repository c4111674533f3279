"""The cards and bank accounts of the test gateway: its own tokens and Stripe's published test names."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Sample:
    """A made-up source and what it does when it is stored and charged."""

    kind: str = "card"
    last4: str = "4242"
    brand: str = "Visa"
    funding: str = "credit"
    verified: bool = True
    country: str = "US"
    refuses_storing: bool = False
    decline_code: str = ""
    # A card of which the charge is carried out, or not, and the answer gets lost on the way.
    loses_answer: bool = False
    loses_request: bool = False


_CARD = Sample()
_BANK = Sample(kind="bank_account", last4="6789", brand="", funding="unknown")


def _declining(last4: str, code: str) -> Sample:
    return replace(_CARD, last4=last4, decline_code=code)


# By the name that becomes part of the stored token: letters and digits only.
SAMPLES: dict[str, Sample] = {
    "visa": _CARD,
    "visadebit": replace(_CARD, last4="5556", funding="debit"),
    "mastercard": replace(_CARD, last4="4444", brand="Mastercard"),
    "mastercarddebit": replace(_CARD, last4="8210", brand="Mastercard", funding="debit"),
    "mastercardprepaid": replace(_CARD, last4="5100", brand="Mastercard", funding="prepaid"),
    "amex": replace(_CARD, last4="8431", brand="American Express"),
    "discover": replace(_CARD, last4="1117", brand="Discover"),
    "diners": replace(_CARD, last4="0004", brand="Diners Club"),
    "jcb": replace(_CARD, last4="0505", brand="JCB"),
    "unionpay": replace(_CARD, last4="0005", brand="UnionPay"),
    "declined": _declining("0002", "generic_decline"),
    "customerfail": _declining("0341", "generic_decline"),
    "insufficientfunds": _declining("9995", "insufficient_funds"),
    "processingerror": _declining("0119", "processing_error"),
    "velocity": _declining("6975", "card_velocity_exceeded"),
    "expired": _declining("0069", "expired_card"),
    "lost": _declining("9987", "lost_card"),
    "stolen": _declining("9979", "stolen_card"),
    "fraudulent": _declining("0019", "fraudulent"),
    "unstorable": replace(_CARD, last4="0127", refuses_storing=True),
    "answerlost": replace(_CARD, last4="3220", loses_answer=True),
    "requestlost": replace(_CARD, last4="3238", loses_request=True),
    "bank": _BANK,
    "bankunverified": replace(_BANK, verified=False),
    "bankclosed": replace(_BANK, last4="1116", decline_code="bank_account_closed"),
    "bankempty": replace(_BANK, last4="2227", decline_code="insufficient_funds"),
    "sepa": replace(_BANK, last4="3000", country="DE"),
}

TOKENS: dict[str, str] = {
    "tok_visa": "visa",
    "tok_visa_debit": "visadebit",
    "tok_mastercard": "mastercard",
    "tok_mastercard_debit": "mastercarddebit",
    "tok_mastercard_prepaid": "mastercardprepaid",
    "tok_amex": "amex",
    "tok_discover": "discover",
    "tok_diners": "diners",
    "tok_jcb": "jcb",
    "tok_unionpay": "unionpay",
    "tok_decline_charge": "declined",
    "tok_decline_store": "unstorable",
    "tok_bank": "bank",
    "tok_bank_pending": "bank",
    "tok_bank_unverified": "bankunverified",
    "tok_sepa": "sepa",
    "tok_answer_lost": "answerlost",
    "tok_request_lost": "requestlost",
    # Stripe's names for the same.
    "tok_chargeDeclined": "declined",
    "tok_chargeCustomerFail": "customerfail",
    "tok_chargeDeclinedInsufficientFunds": "insufficientfunds",
    "tok_chargeDeclinedExpiredCard": "expired",
    "tok_chargeDeclinedProcessingError": "processingerror",
    "tok_chargeDeclinedFraudulent": "fraudulent",
    "btok_us_verified": "bank",
    "btok_us": "bankunverified",
    "pm_card_visa": "visa",
    "pm_card_us": "visa",
    "pm_card_visa_debit": "visadebit",
    "pm_card_mastercard": "mastercard",
    "pm_card_mastercard_debit": "mastercarddebit",
    "pm_card_mastercard_prepaid": "mastercardprepaid",
    "pm_card_amex": "amex",
    "pm_card_discover": "discover",
    "pm_card_diners": "diners",
    "pm_card_jcb": "jcb",
    "pm_card_unionpay": "unionpay",
    "pm_card_chargeDeclined": "declined",
    "pm_card_visa_chargeDeclined": "declined",
    "pm_card_chargeCustomerFail": "customerfail",
    "pm_card_chargeDeclinedInsufficientFunds": "insufficientfunds",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "insufficientfunds",
    "pm_card_chargeDeclinedExpiredCard": "expired",
    "pm_card_chargeDeclinedProcessingError": "processingerror",
    "pm_card_visa_chargeDeclinedLostCard": "lost",
    "pm_card_chargeDeclinedLostCard": "lost",
    "pm_card_visa_chargeDeclinedStolenCard": "stolen",
    "pm_card_chargeDeclinedStolenCard": "stolen",
    "pm_card_chargeDeclinedVelocityLimitExceeded": "velocity",
    "pm_card_radarBlock": "fraudulent",
    "pm_card_chargeDeclinedIncorrectCvc": "unstorable",
    "pm_usBankAccount": "bank",
    "pm_usBankAccount_success": "bank",
    "pm_usBankAccount_accountClosed": "bankclosed",
    "pm_usBankAccount_insufficientFunds": "bankempty",
}

# Code → the sentence that a client reads, and whether another attempt on this source makes sense.
DECLINES: dict[str, tuple[str, bool]] = {
    "generic_decline": ("Your card was declined.", True),
    "insufficient_funds": ("There are insufficient funds for this charge.", True),
    "processing_error": ("An error occurred while the card was processed. Try again later.", True),
    "card_velocity_exceeded": ("The card was declined: its limit of use was exceeded.", True),
    "expired_card": ("Your card has expired.", False),
    "lost_card": ("Your card was declined: it was reported lost.", False),
    "stolen_card": ("Your card was declined: it was reported stolen.", False),
    "fraudulent": ("Your card was declined.", False),
    "bank_account_closed": ("The bank account is closed.", False),
}
