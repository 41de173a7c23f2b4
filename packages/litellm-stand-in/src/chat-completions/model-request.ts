import { type Call, isObject, textOf } from '../http/call.ts';
import { errorEnvelope } from '../http/errors.ts';

/** The words of a text; the stand-in counts a word as a token. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/).filter(Boolean);
}

/** A refusal of LiteLLM's own of a malformed model call. */
export function badModelRequest(call: Call, message: string, status = 400): Error {
  const { unknownModel, authParam } = call.proxy.profile;
  return errorEnvelope({ status, message, type: unknownModel.type, param: authParam });
}

/** The JSON body of a model call. */
export function modelBody(call: Call): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(call.text || '{}');
  } catch {
    throw badModelRequest(call, 'Invalid JSON payload');
  }
  if (!isObject(value)) throw badModelRequest(call, 'Invalid JSON payload');
  return value;
}

/** The model that a call names; Python's None when it names none. */
export function modelName(body: Record<string, unknown>): string {
  return textOf(body, 'model') ?? 'None';
}
