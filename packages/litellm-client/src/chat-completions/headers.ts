import type { GatewayCall } from '@keywright/core';

type IncomingHeaders = Record<string, string | string[] | undefined>;

/**
 * The headers of an answer that pass. Only the content type: LiteLLM's own headers tell the upstream's address, the
 * key's spend and budget; `llm_provider-*` tells the operator's account, organisation and remaining quota; ids and
 * rate-limit headers are set anew at our edge.
 */
const passed = ['content-type'];

export function passedHeaders(headers: IncomingHeaders): Record<string, string> {
  return Object.fromEntries(passed.flatMap((name) => entry(name, headers[name])));
}

function entry(name: string, value: string | string[] | undefined): [string, string][] {
  const one = first(value);
  return one === undefined ? [] : [[name, one]];
}

/** One value for each name; of a repeated header the first. */
export function singleHeaders(headers: IncomingHeaders): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, first(value)]));
}

function first(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

/** Ours come last: nothing that the caller sends can replace them. `identity`: bytes are read, and pass unchanged. */
export function requestHeaders(call: GatewayCall): Record<string, string> {
  return {
    ...call.headers,
    authorization: `Bearer ${call.credential.reveal()}`,
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    accept: call.body.stream === true ? 'text/event-stream' : 'application/json',
  };
}
