import { management, type Route, reading } from '../http/routes.ts';
import { deleteUsers } from './delete-users.ts';
import { listUsers, userListParameters } from './list-users.ts';
import { newUser } from './new-user.ts';
import { bulkUpdateUsers, bulkUserFields, updateUser } from './update-user.ts';
import { userInfo, v2UserInfo } from './user-info.ts';
import { userFields } from './user-row.ts';

const admin = { ...management, caller: 'admin' } as const;
const query = { user_id: { type: 'string' } } as const;

export const userRoutes: Route[] = [
  { ...admin, paths: ['/user/new'], body: userFields, handle: newUser },
  { ...admin, paths: ['/user/update'], body: userFields, handle: updateUser },
  { ...admin, paths: ['/user/bulk_update'], body: bulkUserFields, handle: bulkUpdateUsers },
  { ...admin, paths: ['/user/delete'], body: { user_ids: { type: 'strings' } }, handle: deleteUsers },
  { ...reading, paths: ['/user/info'], query, handle: userInfo },
  { ...reading, since: '1.104.0', paths: ['/v2/user/info'], query, handle: v2UserInfo },
  { ...reading, groups: ['management_routes'], paths: ['/user/list'], query: userListParameters, handle: listUsers },
];
