/** What real proxies showed about the contract as it was written down first. */
export interface Correction {
  /** The fact, or the part of LiteLLM's API. */
  about: string;
  /** The statement was wrong, or could be made more exact. */
  kind: 'disproved' | 'sharpened';
  written: string;
  found: string;
}

export const corrections: readonly Correction[] = [
  {
    about: '/key/generate with the master key and no user_id',
    kind: 'disproved',
    written: 'the key gets `user_id: "default_user_id"`',
    found: '`user_id` is null; `default_user_id` stands in `created_by` alone',
  },
  {
    about: 'LL-C84',
    kind: 'sharpened',
    written: 'a key without a user is refused with 401 or 403',
    found:
      '401 always. A service account, which has no user either, gets on /key/generate from 1.104.0 on 403 without ' +
      'team_id, and 401 `team_member_permission_error` for its own team',
  },
  {
    about: 'LL-C38',
    kind: 'sharpened',
    written: 'to block "abc" is 400 or 404',
    found: '400',
  },
  {
    about: 'LL-C17',
    kind: 'sharpened',
    written: '/key/list with a key of type llm_api is 401 or 403',
    found: '403 with `detail`',
  },
  {
    about: 'LL-C25',
    kind: 'sharpened',
    written: 'the beginning of an alias finds nothing, or there is a period of substring matches',
    found: 'nothing, on the releases of this table',
  },
  {
    about: 'LL-C29',
    kind: 'sharpened',
    written: 'null clears time spans (budget_duration, duration) on 1.109.1, not on 1.81.12',
    found: 'it clears them from 1.92.2 on',
  },
  {
    about: 'LL-C55',
    kind: 'sharpened',
    written: 'three calls pass and the fourth is refused',
    found:
      'so it is for calls one after the other that send `max_tokens`; the third is let in although what it reserves ' +
      'goes beyond the budget',
  },
  {
    about: 'LL-C73',
    kind: 'sharpened',
    written: 'a provider that fails mid-stream is a 200 with an error event',
    found:
      'when it drops the connection right behind its first chunks, the proxy may still answer 500 before it starts to stream',
  },
  {
    about: 'LL-C70',
    kind: 'sharpened',
    written: 'without Redis a second proxy refuses a blocked key after 59 to 61 s',
    found: 'after 61 s at most; on a busy machine once after 37 s',
  },
  {
    about: '/team/new',
    kind: 'sharpened',
    written: '200, or 400 for an id that is taken',
    found: 'on a busy machine also 500 "Transaction already closed": what it does has to end within 5 s',
  },
];
