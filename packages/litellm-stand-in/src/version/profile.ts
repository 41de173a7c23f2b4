/** LiteLLM releases whose answers the stand-in can give. */
export const supportedVersions = ['1.81.12', '1.92.2', '1.104.0', '1.108.10', '1.109.1'] as const;

/** One of {@link supportedVersions}. */
export type LiteLlmVersion = (typeof supportedVersions)[number];

/** Whether a release is the other one or newer. */
export function isAtLeast(version: LiteLlmVersion, other: LiteLlmVersion): boolean {
  return supportedVersions.indexOf(version) >= supportedVersions.indexOf(other);
}

/**
 * Everything in which the supported releases answer differently, as data. A fact that is not here is the same for all
 * of them. The tables below read from the oldest to the newest: each lists only what changed since the one before.
 */
export interface Profile {
  version: LiteLlmVersion;
  /** `type` of a 400, 404 or 409 on management routes: one for all, or named after the status. */
  managementErrorType: 'internal_server_error' | 'by-status';
  /** `param` of authentication and data-plane errors that concern no parameter. */
  authParam: 'None' | null;
  /** `param` of other management errors that concern no parameter. */
  managementParam: 'None' | null;
  /** Shortest custom secret that /key/generate accepts, in characters. */
  minimumKeyLength: number;
  /** Status of `max_budget: "NaN"` on /key/generate. */
  nanBudgetStatus: 400 | 500;
  /** Whether hourly, daily, weekly and monthly mean 1h, 24h, 7d and 30d; before, they reset at the next midnight. */
  readsDurationWords: boolean;
  malformedKeyPrefix: string;
  expiredKeyStatus: 400 | 401;
  modelDenied: { status: 401 | 403; message: 'names-models' | 'names-none' };
  /** What /key/info answers for a deleted key: 404, or the archived row. */
  deletedKeyInfo: 'not-found' | 'archived-row';
  /** Values of `status` that /key/list knows. */
  listStatuses: readonly string[];
  /** Whether /key/aliases is paged and searched. */
  pagesAliases: boolean;
  /** Whether /key/list reads `search`. */
  searchesKeys: boolean;
  /** How /key/update and /key/block refuse a key that does not exist. */
  unknownTarget: 'auth-401' | 'not-found-404';
  updatesByAlias: boolean;
  /** Whether /key/update refuses every change of a key whose team does not exist, which /key/generate takes. */
  looksUpStoredTeam: boolean;
  /** Whether null clears budget_duration and the expiry (`duration`) on /key/update. */
  nullClearsDurations: boolean;
  /** Whether /key/update takes `soft_budget`; where not it answers 200 all the same. */
  updatesSoftBudget: boolean;
  /** Whether null clears the rate limits of a user on /user/update; where not it answers 200 all the same. */
  nullClearsUserRates: boolean;
  unknownKeyMessage: 'names-hash' | 'plain';
  /** `type` of the 403 that guards a licensed field. */
  licenceErrorType: 'internal_server_error' | 'auth_error';
  /** Whether a text of an unexpected exception starts with "Internal Server Error, ". */
  prefixesServerErrors: boolean;
  /** Whether /user/delete and /team/delete evict the keys at once; before, a key in use answers up to 60 s more. */
  bulkDeleteEvicts: boolean;
  /** Whether /team/block counts at once for keys in use. */
  teamBlockEvicts: boolean;
  budgetExceededStatus: 400 | 422 | 429;
  /** Whether the message of a key's spent budget names the key. */
  budgetMessageNamesKey: boolean;
  /** Whether spend equal to a user's budget is over it. */
  userBudgetIsInclusive: boolean;
  /** Whether a running call reserves what it could cost at most from the key's budget. */
  reservesBudget: boolean;
  ownLimitType: 'None' | 'throttling_error';
  /** `type` of upstream errors other than 429: null, or named after the status. */
  upstreamErrorType: 'null' | 'by-status';
  providerRetryAfter: boolean;
  unknownModel: { type: 'None' | 'invalid_request_error'; message: 'repr' | 'plain' };
  missingMessagesStatus: 400 | 500;
  /** How a stream ends that the upstream cut. */
  cutStream: 'clean-end' | 'error' | 'typed-error-then-done';
  readiness: 'long' | 'short';
  /** Whether validation errors (422) repeat the refused input. */
  validationEchoesInput: boolean;
  /** Whether /key/update of an unknown key repeats the submitted value in its message. */
  updateEchoesKey: boolean;
  /** Whether an alias with control characters or `..` is refused. */
  checksAliases: boolean;
  /** Whether key rows carry the fields that came after 1.92.2, `status` among them. */
  recentKeyFields: boolean;
  /** Whether /user/new refuses a password. */
  refusesPasswords: boolean;
  /** Status of a data-plane call whose key cannot be looked up because the database is out of reach. */
  outageOnAuth: 401 | 503;
  /** Status of /key/update while the database is out of reach. */
  outageOnUpdate: 400 | 503;
  /** Whether the role of a caller is looked at before the routes that his key is made for. */
  checksRoleFirst: boolean;
  /** Whether only admins may change and block the keys of others. */
  guardsForeignKeys: boolean;
  /** How a refusal names a caller without a user. */
  unknownUserId: 'unknown' | '*******';
  /** Whether service accounts get an id that cannot be changed. */
  setsServiceAccountId: boolean;
  /** Whether /key/{key}/reset_spend takes true for 1. */
  resetTakesBooleans: boolean;
  /** What /v2/key/info gives: rows with their token, and every key when aliases are asked for; or rows without it. */
  v2Info: 'with-token' | 'without-token';
  /** Whether `budget_limits` of a key are enforced; where not they are not even stored. */
  enforcesBudgetLimits: boolean;
  /** Whether keys on a shared budget start again when that does. */
  resetsTierKeys: boolean;
  /** Whether /budget/new checks ids and durations; where not, bad ones crash it, and resets do not snap to the calendar. */
  checksBudgets: boolean;
  cooldown: { type: 'None' | 'all_deployments_in_cooldown'; retryAfter: string | null };
  /** Whether organizations are refused without a licence. */
  organizationsNeedLicence: boolean;
  /** What follows a provider's error in its message. */
  upstreamErrorSuffix: 'received' | 'failed';
  /** Whether /key/aliases answers keys of users, with their own aliases. */
  usersListAliases: boolean;
  /** Whether stream headers carry the model group and durations. */
  longStreamHeaders: boolean;
}

const v1x81x12: Profile = {
  version: '1.81.12',
  managementErrorType: 'internal_server_error',
  authParam: 'None',
  managementParam: 'None',
  minimumKeyLength: 0,
  nanBudgetStatus: 500,
  readsDurationWords: false,
  malformedKeyPrefix: 'Authentication Error, ',
  expiredKeyStatus: 400,
  modelDenied: { status: 401, message: 'names-models' },
  deletedKeyInfo: 'not-found',
  listStatuses: ['deleted'],
  pagesAliases: false,
  searchesKeys: false,
  unknownTarget: 'auth-401',
  updatesByAlias: false,
  looksUpStoredTeam: false,
  nullClearsDurations: false,
  updatesSoftBudget: false,
  nullClearsUserRates: false,
  unknownKeyMessage: 'names-hash',
  licenceErrorType: 'internal_server_error',
  prefixesServerErrors: true,
  bulkDeleteEvicts: false,
  teamBlockEvicts: false,
  budgetExceededStatus: 400,
  budgetMessageNamesKey: false,
  userBudgetIsInclusive: false,
  reservesBudget: false,
  ownLimitType: 'None',
  upstreamErrorType: 'null',
  providerRetryAfter: false,
  unknownModel: { type: 'None', message: 'repr' },
  missingMessagesStatus: 500,
  cutStream: 'clean-end',
  readiness: 'long',
  validationEchoesInput: true,
  updateEchoesKey: true,
  checksAliases: false,
  recentKeyFields: false,
  refusesPasswords: false,
  outageOnAuth: 401,
  outageOnUpdate: 400,
  checksRoleFirst: true,
  guardsForeignKeys: false,
  unknownUserId: 'unknown',
  setsServiceAccountId: false,
  resetTakesBooleans: true,
  v2Info: 'with-token',
  enforcesBudgetLimits: false,
  resetsTierKeys: false,
  checksBudgets: false,
  cooldown: { type: 'None', retryAfter: null },
  organizationsNeedLicence: false,
  upstreamErrorSuffix: 'received',
  usersListAliases: false,
  longStreamHeaders: false,
};

const v1x92x2: Profile = {
  ...v1x81x12,
  version: '1.92.2',
  nanBudgetStatus: 400,
  malformedKeyPrefix: '',
  expiredKeyStatus: 401,
  modelDenied: { status: 403, message: 'names-models' },
  pagesAliases: true,
  searchesKeys: true,
  unknownTarget: 'not-found-404',
  nullClearsDurations: true,
  updatesSoftBudget: true,
  nullClearsUserRates: true,
  prefixesServerErrors: false,
  budgetExceededStatus: 429,
  ownLimitType: 'throttling_error',
  unknownModel: { type: 'None', message: 'plain' },
  missingMessagesStatus: 400,
  readiness: 'short',
  updateEchoesKey: false,
  teamBlockEvicts: true,
  outageOnAuth: 503,
  checksRoleFirst: false,
  guardsForeignKeys: true,
  v2Info: 'without-token',
  enforcesBudgetLimits: true,
  resetsTierKeys: true,
  checksBudgets: true,
  cooldown: { type: 'None', retryAfter: '5' },
};

const v1x104x0: Profile = {
  ...v1x92x2,
  version: '1.104.0',
  managementParam: null,
  minimumKeyLength: 16,
  readsDurationWords: true,
  modelDenied: { status: 403, message: 'names-none' },
  deletedKeyInfo: 'archived-row',
  listStatuses: ['active', 'expired', 'revoked', 'deleted'],
  updatesByAlias: true,
  bulkDeleteEvicts: true,
  budgetExceededStatus: 422,
  budgetMessageNamesKey: true,
  userBudgetIsInclusive: true,
  reservesBudget: true,
  upstreamErrorType: 'by-status',
  providerRetryAfter: true,
  unknownModel: { type: 'invalid_request_error', message: 'plain' },
  cutStream: 'error',
  checksAliases: true,
  recentKeyFields: true,
  refusesPasswords: true,
  setsServiceAccountId: true,
  resetTakesBooleans: false,
  cooldown: { type: 'all_deployments_in_cooldown', retryAfter: '5' },
};

const v1x108x10: Profile = {
  ...v1x104x0,
  version: '1.108.10',
  unknownKeyMessage: 'plain',
  validationEchoesInput: false,
};

const v1x109x1: Profile = {
  ...v1x108x10,
  version: '1.109.1',
  managementErrorType: 'by-status',
  authParam: null,
  looksUpStoredTeam: true,
  licenceErrorType: 'auth_error',
  cutStream: 'typed-error-then-done',
  outageOnUpdate: 503,
  unknownUserId: '*******',
  organizationsNeedLicence: true,
  upstreamErrorSuffix: 'failed',
  usersListAliases: true,
  longStreamHeaders: true,
};

const profiles: Record<LiteLlmVersion, Profile> = {
  '1.81.12': v1x81x12,
  '1.92.2': v1x92x2,
  '1.104.0': v1x104x0,
  '1.108.10': v1x108x10,
  '1.109.1': v1x109x1,
};

/**
 * The answers of one release.
 *
 * @throws RangeError when the release is not one of {@link supportedVersions}.
 */
export function profileFor(version: string): Profile {
  const known = supportedVersions.find((supported) => supported === version);
  if (known === undefined) {
    throw new RangeError(`version "${version}" is not one of ${supportedVersions.join(', ')}`);
  }
  return profiles[known];
}
