import { isKeywrightError, KeywrightError, redactSecrets } from '@keywright/core';
import type { HttpRequest } from './http-message.ts';

/** Nothing of ours nests this deep; what walks a body may recurse, so a deeper one ends here. */
const maxDepth = 100;

/**
 * Reads a JSON body. One that may be left out, and was, is undefined.
 *
 * Throws `unsupported_media_type` for anything but JSON, `body_too_large`, and `validation_failed` for what is no
 * JSON, no UTF-8, or nested too deep. The parser's own message is never shown: it quotes the body.
 */
export async function readJson(
  request: Pick<HttpRequest, 'headers' | 'body'>,
  limitBytes: number,
  isOptional = false,
): Promise<unknown> {
  const { headers, body } = request;
  const contentType = headers['content-type'];
  if (contentType !== undefined || !isOptional) assertJson(contentType);
  const sent = 'parsed' in body ? body.parsed : await readBytes(request, limitBytes);
  if (isOptional && isNothing(sent)) return undefined;
  assertJson(contentType); // there is one after all
  const value = sent instanceof Uint8Array ? parse(sent, limitBytes) : sent;
  assertDepth(value);
  return value;
}

function isNothing(sent: unknown): boolean {
  return sent === undefined || (sent instanceof Uint8Array && sent.byteLength === 0);
}

function assertJson(contentType: string | undefined): void {
  const [type = '', ...parameters] = (contentType ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  const isJson = type === 'application/json' || /^application\/[\w.+-]+\+json$/.test(type);
  if (isJson && (charset === undefined || /^"?utf-?8"?$/.test(charset))) return;
  throw new KeywrightError('unsupported_media_type', 'Send JSON in UTF-8, with Content-Type: application/json.');
}

async function readBytes(
  { headers, body }: Pick<HttpRequest, 'headers' | 'body'>,
  limitBytes: number,
): Promise<Uint8Array> {
  const encoding = headers['content-encoding']?.toLowerCase();
  if (encoding !== undefined && encoding !== 'identity') {
    throw new KeywrightError('unsupported_media_type', 'Send the body without Content-Encoding.');
  }
  if (Number(headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
  return 'bytes' in body ? collect(body.bytes, limitBytes) : new Uint8Array();
}

async function collect(bytes: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of bytes) {
      length += chunk.byteLength;
      if (length > limitBytes) throw tooLarge(limitBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    throw isKeywrightError(error) ? error : invalid('', 'broke off', error);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Of bytes that have just come in, or that a host's `express.raw()` has left. */
function parse(bytes: Uint8Array, limitBytes: number): unknown {
  if (bytes.byteLength > limitBytes) throw tooLarge(limitBytes);
  if (bytes.byteLength === 0) throw invalid('', 'is missing; send a JSON object');
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    throw invalid('', 'is not valid JSON in UTF-8');
  }
}

function assertDepth(value: unknown): void {
  const fields = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { '': value };
  for (const [field, child] of Object.entries(fields)) {
    if (isDeeper(child, maxDepth)) throw invalid(field, `is nested more than ${maxDepth} levels deep`);
  }
}

/** Recursion no deeper than what it looks for; a long list costs nothing beside the look at each item. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const children: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return children.some((child) => isDeeper(child, levels - 1));
}

function tooLarge(limitBytes: number): KeywrightError {
  return new KeywrightError('body_too_large', `The body may hold at most ${limitBytes} bytes.`);
}

function invalid(path: string, message: string, cause?: unknown): KeywrightError {
  const shown = redactSecrets(path); // before it is cut, so that no half of a secret is left
  const where = shown.length > 100 ? `${shown.slice(0, 100)}…` : shown;
  return new KeywrightError('validation_failed', `${where || 'body'}: ${message}`, {
    errors: [{ path: where, message }],
    cause,
  });
}
