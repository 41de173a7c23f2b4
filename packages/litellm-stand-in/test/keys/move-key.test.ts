import { expect, it } from 'vitest';
import { bench, sha256 } from '../support/client.ts';

const stranger = (user: string) => ({
  status: 403,
  body: {
    error: {
      message: `User=${user} is not a member of the team=t. Check team members via \`/team/info\`.`,
      type: 'auth_error',
      code: '403',
    },
  },
});

async function benchWithTeam(limits: object = {}) {
  const opened = bench();
  await opened.send('POST /team/new', { team_id: 't', ...limits });
  const update = (key: string, change: object) => opened.send('POST /key/update', { key, ...change });
  const join = (user_id: string) => opened.send('POST /team/member_add', { team_id: 't', member: { user_id } });
  return { ...opened, update, join };
}

it('a key moves to a team of its user, and to no other', async () => {
  const { update, join, newKey, standIn } = await benchWithTeam();
  const key = await newKey({ user_id: 'ann' });
  expect(await update(key, { team_id: 't', tpm_limit: 5 })).toMatchObject(stranger('ann'));
  expect(standIn.keys()).toMatchObject([{ teamId: null, tpmLimit: null }]);
  await join('ann');
  expect((await update(key, { team_id: 't' })).body.team_id).toBe('t');
  expect((await update(key, { team_id: null })).body.team_id).toBeNull();
});

it('a key without user moves to any team', async () => {
  const { update, newKey } = await benchWithTeam();
  expect((await update(await newKey(), { team_id: 't' })).status).toBe(200);
});

it('what counts is the user that a key has, not the one that the same update gives it to', async () => {
  const { update, join, newKey } = await benchWithTeam();
  await join('ann');
  const [ofAnn, ofBob] = [await newKey({ user_id: 'ann' }), await newKey({ user_id: 'bob' })];
  expect(await update(ofBob, { team_id: 't', user_id: 'ann' })).toMatchObject(stranger('bob'));
  expect((await update(ofAnn, { team_id: 't', user_id: 'bob' })).status).toBe(200);
  expect((await update(ofAnn, { team_id: 't', tpm_limit: 5 })).status).toBe(200);
});

it('a key moves to no team that is not there, in bulk neither', async () => {
  const { update, send, newKey } = await benchWithTeam();
  const key = await newKey();
  const text = "Team doesn't exist in db. Team=none. Create team via `/team/new` call.";
  expect((await update(key, { team_id: 'none' })).body.error).toMatchObject({
    message: `{'error': "${text}"}`,
    code: '404',
  });
  const { body } = await send('POST /key/bulk_update', { keys: [{ key, team_id: 'none' }] });
  expect(body.failed_updates).toMatchObject([{ failed_reason: text }]);
});

it.each([
  ['tpm_limit', { tpm_limit: 11 }],
  ['rpm_limit', { tpm_limit: 1, rpm_limit: 11 }],
])('a key moves to no team with a smaller %s', async (name, limits) => {
  const { update, newKey } = await benchWithTeam({ tpm_limit: 10, rpm_limit: 10 });
  const key = await newKey(limits);
  const message = `Key=${sha256(key)} has a ${name}=11 which is greater than the team's ${name}=10.`;
  expect(await update(key, { team_id: 't' })).toMatchObject({ status: 403, body: { error: { message } } });
  expect((await update(await newKey({ rpm_limit: 11 }), { team_id: 't' })).status).toBe(200);
});
