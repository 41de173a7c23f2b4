import { detailError } from './errors.ts';

/** What every refusal of a licensed feature ends with. */
export const licenceHint =
  'You must be a LiteLLM Enterprise user to use this feature. If you have a license please set `LITELLM_LICENSE` in your env. ' +
  'Get a 7 day trial key here: https://www.litellm.ai/enterprise#trial. \nPricing: https://www.litellm.ai/#pricing';

/** A licence gate of a handler without LiteLLM's wrapper. */
export function licenceError(status: number, what: string): Error {
  return detailError(status, { error: `${what} ${licenceHint}` });
}
