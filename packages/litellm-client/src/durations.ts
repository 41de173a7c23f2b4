import { LiteLlmError } from './errors/litellm-error.ts';

/** LiteLLM's own meaning of the words on 1.97 and later; before, they made a budget start anew every midnight. */
const words: Record<string, string> = { hourly: '1h', daily: '24h', weekly: '7d', monthly: '30d', yearly: '365d' };

/** LiteLLM itself reads the beginning only: `30days` would be 30 days, `30minutes` too, but as minutes. */
const grammar = /^[1-9]\d{0,11}(s|m|h|d|w|mo)$/;

const allowed = 'a whole number above 0 with a unit out of s, m, h, d, w, mo (30m, 24h, 7d, 1mo)';

/**
 * A length of a budget period that every supported version reads alike: 24h and 1d end at midnight, 7d on Monday, 30d
 * and 1mo on the 1st, all UTC. The words `hourly`, `daily`, `weekly`, `monthly` and `yearly` are translated, because
 * older versions take them for a day, whatever they say.
 *
 * @throws LiteLlmError `bad_duration`, before anything is sent
 */
export function budgetDuration(value: string): string {
  const duration = words[value.trim().toLowerCase()] ?? value;
  if (grammar.test(duration)) return duration;
  throw refused('budget_duration', `${allowed}, or hourly, daily, weekly, monthly, yearly`);
}

/**
 * A time to live; `-1` is never, on /key/update alone.
 *
 * @throws LiteLlmError `bad_duration`, before anything is sent
 */
export function timeToLive(value: string, never: 'may-be-never' | 'ends'): string {
  if (grammar.test(value) || (value === '-1' && never === 'may-be-never')) return value;
  throw refused('duration', never === 'ends' ? allowed : `${allowed}, or "-1" for never`);
}

interface WithBudgetDuration {
  budget_duration?: string | null | undefined;
}

/** The request with its `budget_duration` in the form that every version reads. */
export function normalised<T extends WithBudgetDuration>(request: T): T {
  if (typeof request.budget_duration !== 'string') return request;
  return { ...request, budget_duration: budgetDuration(request.budget_duration) };
}

function refused(param: string, what: string): LiteLlmError {
  return new LiteLlmError('bad_duration', `${param} should be ${what}.`, { param });
}
