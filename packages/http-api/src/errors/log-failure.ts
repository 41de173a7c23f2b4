import { isKeywrightError, type KeywrightError, type Logger, redactSecrets } from '@keywright/core';

const longestText = 4_000;

/** Notes what is not the caller's doing: a failure of ours as an error, an outage as a warning. */
export function logFailure(logger: Logger, error: KeywrightError, fields: Record<string, unknown>): void {
  const code = error.code;
  if (code === 'internal_error') logger.error('A request failed', { ...fields, code, error: describe(error.cause) });
  else logger.warn('A request could not be served', { ...fields, code, error: redactSecrets(error.message) });
}

/** A thrown value as text, its causes included, without secrets. */
function describe(error: unknown): string {
  return redactSecrets(chain(error).join('\ncaused by ')).slice(0, longestText);
}

function chain(error: unknown): string[] {
  const texts: string[] = [];
  for (let at = error; at !== undefined && texts.length < 5; at = at instanceof Error ? at.cause : undefined) {
    if (isKeywrightError(at)) texts.push(`${at.code}: ${at.message}`);
    else texts.push(at instanceof Error ? (at.stack ?? at.message) : typeof at);
  }
  return texts;
}
