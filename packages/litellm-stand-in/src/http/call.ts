import type { Caller } from '../auth/caller.ts';
import type { Misbehaviour } from '../faults/misbehaviour.ts';
import type { LiteLlmProxy } from '../proxy.ts';
import { type FieldSpecs, readFields, validationError } from './fields.ts';

/** One request as the routes see it: read whole, and its caller known. */
export interface Call {
  proxy: LiteLlmProxy;
  caller: Caller;
  method: string;
  /** Path without the query. */
  path: string;
  query: URLSearchParams;
  /** Parts of the path that the route names in braces. */
  params: Record<string, string>;
  headers: Headers;
  /** Body as text; empty when there is none. */
  text: string;
  /** Aborts when the client goes away. */
  signal: AbortSignal;
  /** What a fault makes go wrong inside this call; null mostly. */
  misbehaviour: Misbehaviour | null;
}

/** The JSON object in the body. @throws ProxyError 422 when there is none. */
export function jsonBody({ text, proxy }: Pick<Call, 'text' | 'proxy'>): Record<string, unknown> {
  if (text === '') {
    throw validationError(proxy.profile, [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const ctx = { error: 'Expecting value' };
    throw validationError(proxy.profile, [
      { type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {}, ctx },
    ]);
  }
  if (isObject(value)) return value;
  const msg = 'Input should be a valid dictionary or object to extract fields from';
  throw validationError(proxy.profile, [{ type: 'model_attributes_type', loc: ['body'], msg, input: value }]);
}

/** The fields of the body that `specs` names. */
export function bodyFields(call: Call, specs: FieldSpecs): Record<string, unknown> {
  return readFields(jsonBody(call), specs, 'body', call.proxy.profile);
}

/** The parameters of the query that `specs` names. */
export function queryFields(call: Call, specs: FieldSpecs): Record<string, unknown> {
  return readFields(Object.fromEntries(call.query), specs, 'query', call.proxy.profile);
}

/** Who changes something: the `litellm-changed-by` header, else the caller. */
export function changedBy(call: Call): string {
  return call.headers.get('litellm-changed-by') ?? actorOf(call);
}

/** The caller as rows name him. */
export function actorOf(call: Call): string {
  return call.caller.userId ?? 'default_user_id';
}

/** Whether a JSON value is an object, not an array and not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text under a name, or null when it is absent, null or not a string. */
export function textOf(fields: Record<string, unknown>, name: string): string | null {
  const value = fields[name];
  return typeof value === 'string' ? value : null;
}

/** The number under a name, or null when it is absent, null or not a number. */
export function numberOf(fields: Record<string, unknown>, name: string): number | null {
  const value = fields[name];
  return typeof value === 'number' ? value : null;
}

/** The strings under a name; empty when it is absent or not a list. */
export function stringsOf(fields: Record<string, unknown>, name: string): string[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
