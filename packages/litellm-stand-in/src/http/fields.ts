import type { Profile } from '../version/profile.ts';
import { detailError } from './errors.ts';

export type FieldType = 'string' | 'number' | 'integer' | 'boolean' | 'strings' | 'list' | 'object';

/** What a body or query may carry under one name. Null is accepted unless `required`. */
export interface FieldSpec {
  type: FieldType;
  oneOf?: readonly string[];
  required?: true;
  minimum?: number;
  maximum?: number;
}

export type FieldSpecs = Record<string, FieldSpec>;

export interface Issue {
  type: string;
  loc: (string | number)[];
  msg: string;
  input?: unknown;
  ctx?: Record<string, unknown>;
}

type Read = { value: unknown } | { issue: [type: string, msg: string, ctx?: Record<string, unknown>] };

/** FastAPI's answer to a body or query that does not fit: 422 with one entry per fault. */
export function validationError(profile: Profile, issues: readonly Issue[]): Error {
  const detail = issues.map(({ input, ...rest }) => (profile.validationEchoesInput ? { ...rest, input } : rest));
  return detailError(422, detail);
}

function readNumber(value: unknown, integer: boolean): Read {
  const kind = integer ? 'int' : 'float';
  const noun = integer ? 'integer' : 'number';
  if (typeof value === 'boolean') return { value: Number(value) };
  if (typeof value === 'string') {
    if (value.trim() === '' && !integer) return { value: null };
    const number = /^[+-]?(nan|inf|infinity)$/i.test(value.trim()) ? Number.NaN : Number(value);
    const parsed = value.trim() !== '' && (!Number.isNaN(number) || (!integer && /nan|inf/i.test(value)));
    if (!parsed || (integer && !Number.isInteger(number))) {
      return { issue: [`${kind}_parsing`, `Input should be a valid ${noun}, unable to parse string as a ${noun}`] };
    }
    return { value: number };
  }
  if (typeof value !== 'number') return { issue: [`${kind}_type`, `Input should be a valid ${noun}`] };
  if (integer && !Number.isInteger(value)) {
    return { issue: ['int_from_float', 'Input should be a valid integer, got a number with a fractional part'] };
  }
  return { value };
}

function readBoolean(value: unknown): Read {
  if (value === true || value === 1 || value === 'true') return { value: true };
  if (value === false || value === 0 || value === 'false') return { value: false };
  return { issue: ['bool_parsing', 'Input should be a valid boolean, unable to interpret input'] };
}

function readPlain(value: unknown, type: FieldType): Read {
  if (type === 'string') {
    return typeof value === 'string' ? { value } : { issue: ['string_type', 'Input should be a valid string'] };
  }
  if (type === 'object') {
    const fits = typeof value === 'object' && !Array.isArray(value);
    return fits ? { value } : { issue: ['dict_type', 'Input should be a valid dictionary'] };
  }
  if (!Array.isArray(value)) return { issue: ['list_type', 'Input should be a valid list'] };
  const allFit = type === 'list' || value.every((item) => typeof item === 'string');
  return allFit ? { value } : { issue: ['string_type', 'Input should be a valid string'] };
}

function readTyped(value: unknown, spec: FieldSpec): Read {
  if (spec.type === 'boolean') return readBoolean(value);
  if (spec.type !== 'number' && spec.type !== 'integer') return readPlain(value, spec.type);
  const read = readNumber(value, spec.type === 'integer');
  if (!('value' in read) || typeof read.value !== 'number') return read;
  if (spec.minimum !== undefined && read.value < spec.minimum) {
    const ctx = { ge: spec.minimum };
    return { issue: ['greater_than_equal', `Input should be greater than or equal to ${spec.minimum}`, ctx] };
  }
  if (spec.maximum !== undefined && read.value > spec.maximum) {
    const ctx = { le: spec.maximum };
    return { issue: ['less_than_equal', `Input should be less than or equal to ${spec.maximum}`, ctx] };
  }
  return read;
}

function readField(value: unknown, spec: FieldSpec): Read {
  if (value === undefined || value === null) {
    return spec.required ? { issue: ['missing', 'Field required'] } : { value: null };
  }
  const read = readTyped(value, spec);
  if ('value' in read && spec.oneOf && !spec.oneOf.includes(String(read.value))) {
    const expected = spec.oneOf.map((word) => `'${word}'`).join(', ');
    return { issue: ['literal_error', `Input should be ${expected}`, { expected }] };
  }
  return read;
}

/**
 * The fields that were given, read as LiteLLM reads them (numbers may be text). Absent fields are absent in the result,
 * null stays null, unknown fields are ignored.
 *
 * @throws ProxyError 422 that names every field that does not fit.
 */
export function readFields(
  given: Record<string, unknown>,
  specs: FieldSpecs,
  place: 'body' | 'query',
  profile: Profile,
): Record<string, unknown> {
  const issues: Issue[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    if (!(name in given) && !spec.required) continue;
    const read = readField(given[name], spec);
    if ('value' in read) {
      values[name] = read.value;
    } else {
      const [type, msg, ctx] = read.issue;
      issues.push({ type, loc: [place, name], msg, input: given[name] ?? given, ...(ctx && { ctx }) });
    }
  }
  if (issues.length > 0) throw validationError(profile, issues);
  return values;
}
