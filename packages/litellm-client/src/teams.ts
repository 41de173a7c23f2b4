import { z } from 'zod';
import { normalised } from './durations.ts';
import { LiteLlmError, type LiteLlmErrorReason } from './errors/litellm-error.ts';
import { walkPages } from './pages.ts';
import type { Transport } from './transport.ts';
import { amount, type Clearing, flag, type NonEmpty, type NonEmptyModels, names, record, text } from './wire.ts';

/** What a team may be given. Amounts are USD. A key of a team is held to the team's budget, not to its user's. */
interface TeamFields {
  team_alias?: string | undefined;
  organization_id?: string | undefined;
  /** Absent: all models. */
  models?: NonEmptyModels | undefined;
  max_budget?: number | undefined;
  /** Below `max_budget`; LiteLLM only warns above it. */
  soft_budget?: number | undefined;
  /** As of a key. */
  budget_duration?: string | undefined;
  tpm_limit?: number | undefined;
  rpm_limit?: number | undefined;
  metadata?: Record<string, unknown> | undefined;
}

export interface CreateTeamRequest extends TeamFields {
  /** Absent: LiteLLM makes one. */
  team_id?: string | undefined;
}

/** Only what shall change; null clears. */
export interface UpdateTeamRequest extends Clearing<TeamFields, 'max_budget' | 'tpm_limit' | 'rpm_limit'> {
  team_id: string;
}

export interface ListTeamsRequest {
  user_id?: string | undefined;
  organization_id?: string | undefined;
  team_id?: string | undefined;
  /** Part of an alias. */
  team_alias?: string | undefined;
  /** From 1. */
  page?: number | undefined;
  /** 1 to 100. Default 10. */
  page_size?: number | undefined;
}

export interface TeamMember {
  /** LiteLLM creates a user that it does not know. */
  user_id: string;
  /** @default 'user' */
  role?: 'user' | 'admin' | undefined;
  /** USD, of this member within this team. */
  max_budget_in_team?: number | undefined;
}

const team = z.looseObject({
  team_id: z.string(),
  team_alias: text,
  organization_id: text,
  members_with_roles: z.array(z.looseObject({ user_id: text, role: text })).default([]),
  models: names,
  max_budget: amount,
  budget_duration: text,
  tpm_limit: amount,
  rpm_limit: amount,
  spend: amount,
  blocked: flag,
  metadata: record,
});
const updateAnswer = z.looseObject({ data: team });
const infoAnswer = z.looseObject({ team_info: team });
const listAnswer = z.looseObject({ teams: z.array(team), total: z.number(), total_pages: z.number() });

/** A team as LiteLLM holds it; fields of newer versions are on it as well. */
export type LiteLlmTeam = z.output<typeof team>;
export type TeamList = z.output<typeof listAnswer>;

/** /team routes. Every method throws {@link LiteLlmError}. */
export interface TeamsClient {
  /** `already_exists` when the id is taken. LiteLLM makes its own administrator a member (LL-C54). */
  create(request: CreateTeamRequest, signal?: AbortSignal): Promise<LiteLlmTeam>;
  info(teamId: string, signal?: AbortSignal): Promise<LiteLlmTeam>;
  list(request?: ListTeamsRequest, signal?: AbortSignal): Promise<TeamList>;
  /** Every team, one page in memory at a time. Throws `inconsistent_pages` when teams are deleted meanwhile. */
  all(filter?: Omit<ListTeamsRequest, 'page' | 'page_size'>, signal?: AbortSignal): AsyncIterable<LiteLlmTeam>;
  update(request: UpdateTeamRequest, signal?: AbortSignal): Promise<LiteLlmTeam>;
  /** Deletes their keys as well, which up to 1.92.2 work for a minute more (LL-C54): delete the keys before. */
  delete(teamIds: NonEmpty, signal?: AbortSignal): Promise<void>;
  /** False when the user was a member already; then the role stays as it was. */
  addMember(teamId: string, member: TeamMember, signal?: AbortSignal): Promise<boolean>;
  /** False when the user was no member. */
  removeMember(teamId: string, userId: string, signal?: AbortSignal): Promise<boolean>;
  /** LiteLLM refuses the calls of the team's keys; on 1.81.12 not at once. */
  block(teamId: string, signal?: AbortSignal): Promise<void>;
  unblock(teamId: string, signal?: AbortSignal): Promise<void>;
}

export function createTeamsClient(transport: Transport): TeamsClient {
  const list: TeamsClient['list'] = (request = {}, signal) =>
    transport.read('v2/team/list', listAnswer, { query: { ...request }, signal });
  return {
    create: async (request, signal) => transport.once('team/new', team, { json: normalised(request), signal }),
    async info(teamId, signal) {
      return (await transport.read('team/info', infoAnswer, { query: { team_id: teamId }, signal })).team_info;
    },
    list,
    all: (filter = {}, signal) =>
      walkPages(100, async (page) => {
        const { teams: rows, total } = await list({ ...filter, page, page_size: 100 }, signal);
        return { rows, total };
      }),
    async update(request, signal) {
      return (await transport.change('team/update', updateAnswer, { json: normalised(request), signal })).data;
    },
    async delete(teamIds, signal) {
      await transport.change('team/delete', z.unknown(), { json: { team_ids: teamIds }, signal });
    },
    addMember(teamId, { max_budget_in_team, ...member }, signal) {
      const json = { team_id: teamId, member: { role: 'user', ...member }, max_budget_in_team };
      return unless('already_member', transport.once('team/member_add', team, { json, signal }));
    },
    removeMember(teamId, userId, signal) {
      const json = { team_id: teamId, user_id: userId };
      return unless('not_member', transport.change('team/member_delete', team, { json, signal }));
    },
    async block(teamId, signal) {
      await transport.change('team/block', team, { json: { team_id: teamId }, signal });
    },
    async unblock(teamId, signal) {
      await transport.change('team/unblock', team, { json: { team_id: teamId }, signal });
    },
  };
}

/** Whether a change was made; it was not when LiteLLM gives this reason. */
async function unless(reason: LiteLlmErrorReason, change: Promise<unknown>): Promise<boolean> {
  try {
    await change;
    return true;
  } catch (error) {
    if (error instanceof LiteLlmError && error.reason === reason) return false;
    throw error;
  }
}
