import { redactSecrets } from '@keywright/core';

const longest = 1000;

/**
 * Makes a text of LiteLLM fit to be shown and logged: the given secrets and all that looks like one are blanked, and
 * it is cut to 1000 characters. LiteLLM echoes submitted keys on some routes (LL-C90); the secrets at hand are blanked
 * by value, because a short master key (`sk-1234`) does not look like a key to a pattern.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const blanked = secrets.reduce((rest, secret) => (secret ? rest.replaceAll(secret, '[redacted]') : rest), text);
  const redacted = redactSecrets(blanked);
  return redacted.length > longest ? `${redacted.slice(0, longest)}...` : redacted;
}
