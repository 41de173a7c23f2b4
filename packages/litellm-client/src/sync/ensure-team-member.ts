import type { KeyMirror } from '@keywright/core';
import type { TeamsClient } from '../teams.ts';

/**
 * Makes users members of teams; who is one already stays as he is. One after the other: 1.81.12 reads all members of a
 * team and writes them all back, and answers 200 to each of several that are added at once, of whom it keeps one. Other
 * nodes can still do that; then the key's update is refused, and adding the user again helps.
 */
export function memberAdder(teams: Pick<TeamsClient, 'addMember'>): KeyMirror['ensureTeamMember'] {
  let last: Promise<unknown> = Promise.resolve();
  return async (teamId, userId, signal) => {
    const added = last.then(() => teams.addMember(teamId, { user_id: userId }, signal));
    last = added.catch(() => {}); // whoever comes next has his own answer to wait for
    await added;
  };
}
