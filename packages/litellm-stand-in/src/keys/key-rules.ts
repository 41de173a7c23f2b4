import { isBudgetDuration } from '../durations.ts';
import type { Call } from '../http/call.ts';
import { textOf } from '../http/call.ts';
import { errorEnvelope, managementError, namedError, unexpectedError } from '../http/errors.ts';
import { licenceHint } from '../http/licence.ts';
import { pythonErrorDict, pythonFloat } from '../python.ts';
import { maskedValue } from '../secrets.ts';
import type { Profile } from '../version/profile.ts';

/** Refuses what only a licensed proxy does. @throws ProxyError 403 or 500 whose text names Enterprise. */
export function refuseLicensedFields(fields: Record<string, unknown>, profile: Profile): void {
  const budgets = fields.model_max_budget;
  if (budgets && Object.keys(budgets).length > 0) {
    throw unexpectedError(profile, `You must have an enterprise license to set model_max_budget. ${licenceHint}`);
  }
  for (const name of ['tags', 'enforced_params']) {
    const value = fields[name];
    if (!Array.isArray(value) || value.length === 0) continue;
    const text = `This feature is only available for LiteLLM Enterprise users: ${name}. ${licenceHint}`;
    const message = pythonErrorDict(text);
    throw errorEnvelope({ status: 403, message, type: profile.licenceErrorType, param: profile.managementParam });
  }
}

/** Refuses a budget that is no amount of money. */
export function refuseBadBudget(fields: Record<string, unknown>, profile: Profile): void {
  const budget = fields.max_budget;
  if (typeof budget === 'number') {
    if (Number.isNaN(budget) && profile.nanBudgetStatus === 500) {
      throw managementError(profile, 500, 'Internal Server Error.');
    }
    if (!Number.isFinite(budget) || budget < 0) {
      const rule = profile.nanBudgetStatus === 500 ? 'cannot be negative' : 'must be a non-negative finite number';
      throw managementError(profile, 400, `max_budget ${rule}. Received: ${pythonFloat(budget)}`);
    }
  }
  const duration = textOf(fields, 'budget_duration');
  if (duration !== null && !isBudgetDuration(duration, profile)) {
    throw managementError(profile, 400, `Invalid budget_duration: ${duration}`);
  }
}

/** Refuses a custom secret that LiteLLM would not take; the message never shows it. */
export function refuseBadSecret(secret: string, profile: Profile): void {
  if (!secret.startsWith('sk-')) {
    const text = `Invalid key format. LiteLLM Virtual Key must start with 'sk-'. Received: ${maskedValue(secret)}`;
    throw managementError(profile, 400, text);
  }
  if (secret.length < profile.minimumKeyLength) {
    const text = `Invalid key format. LiteLLM Virtual Key must be at least ${profile.minimumKeyLength} characters long.`;
    throw managementError(profile, 400, text);
  }
}

/** Refuses an alias that is malformed or that another living key has. */
export function refuseBadAlias(call: Call, alias: string | null, ownToken: string | null): void {
  if (alias === null) return;
  const { profile, state } = call.proxy;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what the rule is about.
  if (profile.checksAliases && (/[\u0000-\u001f\u007f]/.test(alias) || alias.includes('..'))) {
    const rule = "must not contain control characters (such as tab or newline) or '..'.";
    throw namedError(400, 'bad_request_error', `Invalid key_alias: ${rule}`, 'key_alias');
  }
  if (call.misbehaviour?.kind === 'alias-race') return;
  if (state.keys.withAlias(alias).every((row) => row.token === ownToken)) return;
  const text = `Key with alias '${alias}' already exists. Unique key aliases across all keys are required.`;
  throw namedError(400, 'bad_request_error', text, 'key_alias');
}
