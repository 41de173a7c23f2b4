import type { Call } from '../http/call.ts';
import { namedError } from '../http/errors.ts';

/** Routes that a service account reaches though it has no user, on releases that know service accounts. */
const reachable = ['/key/generate', '/key/update'];

function teamOfServiceAccount({ caller: { key } }: Call): string | null {
  const isServiceAccount = key?.fields.user_id === null && key.fields.metadata.service_account_id !== undefined;
  return isServiceAccount ? key.fields.team_id : null;
}

/** Whether the caller is the service account of a team, on a route that looks at its rights itself. */
export function isServiceAccountAt(call: Call): boolean {
  const { setsServiceAccountId } = call.proxy.profile;
  return setsServiceAccountId && reachable.includes(call.path) && teamOfServiceAccount(call) !== null;
}

/** Refuses a service account: it is no admin of its team, and a stranger to others. */
export function refuseServiceAccount(call: Call, teamId: string | null): void {
  if (!isServiceAccountAt(call)) return;
  const own = teamOfServiceAccount(call);
  if (teamId !== own) {
    const rule = `Service account keys can only create keys for their own team. team_id=${own}`;
    throw namedError(403, 'auth_error', rule, call.proxy.profile.authParam);
  }
  const hint =
    'To create keys for this team, please ask your proxy admin to check the team member permission settings.';
  const rule = `Team member does not have permissions for endpoint: ${call.path}. You only have access to the following endpoints: ['/key/info', '/key/health'] for team ${own}. ${hint}`;
  throw namedError(401, 'team_member_permission_error', rule, call.path);
}
