import { ApiKeySecret } from '@keywright/core';

/**
 * Reads the API key that a call presents: `Authorization: Bearer <key>` or `X-API-Key: <key>`. Undefined when there
 * is none, or two different ones: nobody could say which of them was meant.
 */
export function readCredential(headers: Readonly<Record<string, string | undefined>>): ApiKeySecret | undefined {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const given = headers['x-api-key']?.trim() || undefined;
  if (bearer !== undefined && given !== undefined && bearer !== given) return undefined;
  const text = bearer ?? given;
  return text === undefined ? undefined : new ApiKeySecret(text);
}
