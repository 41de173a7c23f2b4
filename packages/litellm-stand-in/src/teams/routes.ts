import { management, type Route, reading } from '../http/routes.ts';
import {
  blockTeam,
  deleteTeams,
  patchTeam,
  teamIdField,
  teamIdsField,
  unblockTeam,
  updateTeam,
  updateTeamFields,
} from './change-teams.ts';
import { addMembers, deleteMember, memberAddFields, memberFields, updateMember } from './member-routes.ts';
import { newTeam } from './new-team.ts';
import {
  listTeamPage,
  listTeams,
  teamInfo,
  teamListParameters,
  teamPageParameters,
  teamParameters,
} from './read-teams.ts';
import { teamFields } from './team-row.ts';

const admin = { ...management, caller: 'admin' } as const;

export const teamRoutes: Route[] = [
  { ...admin, paths: ['/team/new'], body: teamFields, handle: newTeam },
  { ...admin, paths: ['/team/update'], body: updateTeamFields, handle: updateTeam },
  { ...admin, method: 'PATCH', since: '1.104.0', paths: ['/team/{team_id}'], body: teamFields, handle: patchTeam },
  { ...admin, paths: ['/team/delete'], body: teamIdsField, handle: deleteTeams },
  { ...admin, paths: ['/team/block'], body: teamIdField, handle: blockTeam },
  { ...admin, paths: ['/team/unblock'], body: teamIdField, handle: unblockTeam },
  { ...admin, paths: ['/team/member_add'], body: memberAddFields, handle: addMembers },
  { ...admin, paths: ['/team/member_update'], body: memberFields, handle: updateMember },
  { ...admin, paths: ['/team/member_delete'], body: memberFields, handle: deleteMember },
  { ...reading, paths: ['/team/info'], query: teamParameters, handle: teamInfo },
  { ...reading, paths: ['/team/list'], query: teamListParameters, handle: listTeams },
  { ...reading, paths: ['/v2/team/list'], query: teamPageParameters, handle: listTeamPage },
];
