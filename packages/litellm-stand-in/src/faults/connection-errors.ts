/** What fetch rejects with when a connection breaks: a TypeError whose cause carries a system error's code. */
function fetchFailed(code: string, text: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(text), { code }) });
}

/** The server closed the connection without an answer. */
export function connectionDropped(): TypeError {
  return fetchFailed('ECONNRESET', 'socket hang up');
}

/** Nobody listens. */
export function connectionRefused(): TypeError {
  return fetchFailed('ECONNREFUSED', 'connect ECONNREFUSED');
}
