import type { ChatGateway, GatewayAnswer, GatewayFailure } from '@keywright/core';
import { type Dispatcher, Pool } from 'undici';
import { networkCode } from '../errors/to-litellm-error.ts';
import { scaleDecimal } from '../money.ts';
import { answerBody, readJson } from './answer-body.ts';
import { passedHeaders, requestHeaders, singleHeaders } from './headers.ts';
import { gatewayDown, readFailure, readStreamFailure } from './read-failure.ts';

export interface ChatGatewayOptions {
  baseUrl: URL;
  /** Blanked in what LiteLLM says, beside the call's own credential. */
  masterKey: string;
  connections: number | null;
  connectTimeoutMs: number;
  headersTimeoutMs: number;
  bodyTimeoutMs: number;
  keepAliveTimeoutMs: number;
}

/** Longest error body that is read: up to 1.104.0 a 422 quotes the whole request. */
const errorBodyBytes = 1024 * 1024;

/** Neither its usage nor its errors could be read in passing. */
const compressed: GatewayFailure = {
  kind: 'upstream_error',
  status: 502,
  message: 'The gateway sent a compressed answer, which was not asked for.',
  param: null,
  retryAfterSeconds: null,
};

/** Sends calls over a pool of kept-alive connections; follows no redirect and repeats nothing. */
export function createChatGateway(options: ChatGatewayOptions): ChatGateway & { close(): Promise<void> } {
  const pool = new Pool(options.baseUrl.origin, {
    connections: options.connections,
    pipelining: 1,
    connect: { timeout: options.connectTimeoutMs },
    headersTimeout: options.headersTimeoutMs,
    bodyTimeout: options.bodyTimeoutMs,
    keepAliveTimeout: options.keepAliveTimeoutMs,
  });
  const { pathname } = options.baseUrl;
  const prefix = pathname === '/' ? '' : pathname;
  return {
    async send(call, signal) {
      const body = JSON.stringify(call.body); // outside: a body that cannot be written is a bug, not an outage
      try {
        const response = await pool.request({
          method: 'POST',
          path: prefix + call.path,
          headers: requestHeaders(call),
          body,
          signal,
        });
        return await toAnswer(response, [options.masterKey, call.credential.reveal()], signal);
      } catch (error) {
        return { ok: false, failure: unreachable(error, signal), upstreamCallId: null };
      }
    },
    readStreamError: (error) => readStreamFailure(error, [options.masterKey]),
    close: () => pool.destroy(),
  };
}

async function toAnswer(
  { statusCode: status, headers: incoming, body }: Dispatcher.ResponseData,
  secrets: string[],
  signal: AbortSignal,
): Promise<GatewayAnswer> {
  const headers = singleHeaders(incoming);
  const upstreamCallId = headers['x-litellm-call-id'] ?? null;
  const contentType = headers['content-type'] ?? '';
  const streamed = /^text\/event-stream\b/i.test(contentType);
  const json = /^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType);
  if (status >= 200 && status < 300 && (streamed || json)) {
    if (!/^(identity)?$/i.test(headers['content-encoding'] ?? '')) {
      discard(body);
      return { ok: false, failure: compressed, upstreamCallId };
    }
    return {
      ok: true,
      status,
      headers: passedHeaders(headers),
      streamed,
      body: answerBody(body, signal),
      costNano: streamed ? null : costOf(headers['x-litellm-response-cost']),
      upstreamCallId,
    };
  }
  const parsed = json ? await readJson(body, errorBodyBytes) : discard(body);
  const failure = readFailure({ status, body: parsed, headers, nowMs: Date.now(), secrets });
  return { ok: false, failure, upstreamCallId };
}

/** Nothing of it is read: leaving it alone would hold the connection for ever. */
function discard(body: Dispatcher.ResponseData['body']): undefined {
  body.on('error', () => {}).destroy();
}

/** USD as LiteLLM writes it, any number of decimals, to the nearest nano-USD. */
function costOf(header: string | undefined): bigint | null {
  return header === undefined ? null : (scaleDecimal(header, 9) ?? null);
}

function unreachable(error: unknown, signal: AbortSignal): ReturnType<typeof gatewayDown> {
  if (signal.aborted) return gatewayDown('The call to LiteLLM was aborted.');
  const code = networkCode(error);
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return gatewayDown('LiteLLM did not answer in time.');
  return gatewayDown(`LiteLLM cannot be reached${code ? ` (${code})` : ''}.`);
}
