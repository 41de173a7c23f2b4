import { randomUUID } from 'node:crypto';
import { redactSecrets } from '@keywright/core';

const sane = /^[A-Za-z0-9._:-]{1,128}$/;

/** The caller's own id where it is harmless to log and to send back, else a new one. */
export function requestIdOf(headers: Readonly<Record<string, string | undefined>>): string {
  const given = headers['x-request-id'];
  return given !== undefined && sane.test(given) && redactSecrets(given) === given ? given : randomUUID();
}
