"""The words that ship with the product, in nine languages; others read English."""

FALLBACK = "en"


def phrase(name: str, language: str) -> str:
    """A shipped text in a language, or in English."""
    return (_PHRASES.get(language) or _PHRASES[FALLBACK])[name]


_PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "view_statement": "View statement",
        "email_subject": "Account statement from {{company_name}}",
        "email_body": (
            "Hello {{customer_contact_name}},\n\n"
            "Your account statement as of {{statement_end_date}} is attached. "
            "Your balance is {{statement_balance}}.\n\n"
            "{{{view_statement_button}}}\n\n"
            "Kind regards\n{{company_name}}"
        ),
        "sms_body": "{{company_name}}: your account balance is {{balance}}. Statement: {{url}}",
    },
    "de": {
        "view_statement": "Kontoauszug ansehen",
        "email_subject": "Kontoauszug von {{company_name}}",
        "email_body": (
            "Guten Tag {{customer_contact_name}},\n\n"
            "anbei erhalten Sie Ihren Kontoauszug zum {{statement_end_date}}. "
            "Ihr Saldo beträgt {{statement_balance}}.\n\n"
            "{{{view_statement_button}}}\n\n"
            "Mit freundlichen Grüßen\n{{company_name}}"
        ),
        "sms_body": "{{company_name}}: Ihr Saldo beträgt {{balance}}. Kontoauszug: {{url}}",
    },
    "fr": {
        "view_statement": "Voir le relevé",
        "email_subject": "Relevé de compte de {{company_name}}",
        "email_body": (
            "Bonjour {{customer_contact_name}},\n\n"
            "Vous trouverez ci-joint votre relevé de compte au {{statement_end_date}}. "
            "Votre solde est de {{statement_balance}}.\n\n"
            "{{{view_statement_button}}}\n\n"
            "Cordialement\n{{company_name}}"
        ),
        "sms_body": "{{company_name}} : votre solde est de {{balance}}. Relevé : {{url}}",
    },
    "es": {
        "view_statement": "Ver el estado de cuenta",
        "email_subject": "Estado de cuenta de {{company_name}}",
        "email_body": (
            "Hola {{customer_contact_name}}:\n\n"
            "Adjuntamos su estado de cuenta al {{statement_end_date}}. "
            "Su saldo es de {{statement_balance}}.\n\n"
            "{{{view_statement_button}}}\n\n"
            "Saludos cordiales\n{{company_name}}"
        ),
        "sms_body": "{{company_name}}: su saldo es de {{balance}}. Estado de cuenta: {{url}}",
    },
    "pt": {
        "view_statement": "Ver o extrato",
        "email_subject": "Extrato de conta de {{company_name}}",
        "email_body": (
            "Olá {{customer_contact_name}},\n\n"
            "Segue em anexo o seu extrato de conta em {{statement_end_date}}. "
            "O seu saldo é de {{statement_balance}}.\n\n"
            "{{{view_statement_button}}}\n\n"
            "Atenciosamente\n{{company_name}}"
        ),
        "sms_body": "{{company_name}}: o seu saldo é de {{balance}}. Extrato: {{url}}",
    },
    "it": {
        "view_statement": "Vedi l'estratto conto",
        "email_subject": "Estratto conto di {{company_name}}",
        "email_body": (
            "Buongiorno {{customer_contact_name}},\n\n"
            "in allegato trova il suo estratto conto al {{statement_end_date}}. "
            "Il saldo è di {{statement_balance}}.\n\n"
            "{{{view_statement_button}}}\n\n"
            "Cordiali saluti\n{{company_name}}"
        ),
        "sms_body": "{{company_name}}: il suo saldo è di {{balance}}. Estratto conto: {{url}}",
    },
    "nl": {
        "view_statement": "Rekeningoverzicht bekijken",
        "email_subject": "Rekeningoverzicht van {{company_name}}",
        "email_body": (
            "Beste {{customer_contact_name}},\n\n"
            "Bijgaand ontvangt u uw rekeningoverzicht per {{statement_end_date}}. "
            "Uw saldo is {{statement_balance}}.\n\n"
            "{{{view_statement_button}}}\n\n"
            "Met vriendelijke groet\n{{company_name}}"
        ),
        "sms_body": "{{company_name}}: uw saldo is {{balance}}. Overzicht: {{url}}",
    },
    "ja": {
        "view_statement": "明細書を見る",
        "email_subject": "{{company_name}} ご利用明細書",
        "email_body": (
            "{{customer_contact_name}} 様\n\n"
            "{{statement_end_date}} 時点の明細書を添付いたします。残高は {{statement_balance}} です。\n\n"
            "{{{view_statement_button}}}\n\n"
            "{{company_name}}"
        ),
        "sms_body": "{{company_name}}: 残高は {{balance}} です。明細書: {{url}}",
    },
    "ar": {
        "view_statement": "عرض كشف الحساب",
        "email_subject": "كشف حساب من {{company_name}}",
        "email_body": (
            "مرحبًا {{customer_contact_name}}،\n\n"
            "مرفق كشف حسابكم حتى تاريخ {{statement_end_date}}. الرصيد {{statement_balance}}.\n\n"
            "{{{view_statement_button}}}\n\n"
            "مع أطيب التحيات\n{{company_name}}"
        ),
        "sms_body": "{{company_name}}: رصيدكم {{balance}}. كشف الحساب: {{url}}",
    },
}
