import { type FieldError, KeywrightError, redactSecrets } from '@keywright/core';

/**
 * Reads a query. Throws `validation_failed` for a name that comes twice (which of the two would count?) and for what
 * is no percent-encoded UTF-8.
 */
export function parseQuery(query: string): Record<string, string> {
  const values = new Map<string, string>();
  const errors: FieldError[] = [];
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const [rawName = '', ...rest] = pair.split('=');
    const name = decode(rawName.replaceAll('+', ' '));
    const value = decode(rest.join('=').replaceAll('+', ' '));
    if (name === undefined) errors.push({ path: 'query', message: 'has a name that is not percent-encoded UTF-8' });
    else if (value === undefined) errors.push({ path: shorten(name), message: 'should be percent-encoded UTF-8' });
    else if (values.has(name)) errors.push({ path: shorten(name), message: 'should be given once' });
    else values.set(name, value);
  }
  const [first] = errors;
  if (first) throw new KeywrightError('validation_failed', `${first.path}: ${first.message}`, { errors });
  return Object.fromEntries(values);
}

/** Undefined for what is no percent-encoded UTF-8. */
export function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function shorten(name: string): string {
  const shown = redactSecrets(name); // before it is cut, so that no half of a secret is left
  return shown.length > 100 ? `${shown.slice(0, 100)}…` : shown;
}
