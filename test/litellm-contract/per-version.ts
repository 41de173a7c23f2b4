/** What several facts have in common and releases do not: each entry holds from its release on. */

/** `type` of a 400, 404 or 409 on management routes. */
export const managementType = { '1.81.12': 'internal_server_error', '1.109.1': 'invalid_request_error' };

/** `param` of an authentication error that concerns no parameter. */
export const authParam = { '1.81.12': 'None', '1.109.1': null };

/** `param` of other management errors that concern no parameter. */
export const managementParam = { '1.81.12': 'None', '1.104.0': null };

export const expiredKeyStatus = { '1.81.12': 400, '1.92.2': 401 };

export const budgetExceededStatus = { '1.81.12': 400, '1.92.2': 429, '1.104.0': 422 };

/** `type` of a 429 for the key's own limits. */
export const ownLimitType = { '1.81.12': 'None', '1.92.2': 'throttling_error' };
