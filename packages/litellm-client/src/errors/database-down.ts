const text =
  /reach database server|DB not connected|database connection|not connected to the query engine|fetching a new connection|connection attempts failed|authentication database/i;

/**
 * Whether a message tells of an outage of LiteLLM's database. Needed beside `error.type`, because 1.81.12 answers 401
 * or 400 `auth_error` then, as if a key were bad (LL-C87, LL-C93).
 */
export function isDatabaseText(message: string): boolean {
  return text.test(message);
}
