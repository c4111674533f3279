"""What a browser may load on our pages: nothing from elsewhere, inline code only where the theme needs it."""

from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest
from django.http.response import HttpResponseBase

STRICT = {
    "default-src": [SELF],
    "script-src": [SELF, NONCE],
    "style-src": [SELF, NONCE],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}

# The back office's theme runs Alpine.js, which evaluates its attributes, and sets styles inline. Staff see
# rendered mails and PDFs of ours in frames there.
BACK_OFFICE = {
    **STRICT,
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}

# The API's documentation page draws its parts with inline styles.
DOCS = {**STRICT, "style-src": [SELF, UNSAFE_INLINE]}

_LOOSER = (("/admin/", BACK_OFFICE), ("/docs", DOCS))


class PolicyByPath(CSPMiddleware):
    """The strict policy everywhere, a looser one only below the paths that cannot do without."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        for prefix, policy in _LOOSER:
            if not report_only and request.path_info.startswith(prefix):
                parts.config = parts.config or dict(policy)
        return parts
