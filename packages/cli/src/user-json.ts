import { formatUsd, type User } from '@keywright/core';

/** A user as JSON: the fields of the HTTP API, money as decimal strings of USD. */
export function userToJson(user: User) {
  return { ...user, maxBudget: user.maxBudget === null ? null : formatUsd(user.maxBudget) };
}
