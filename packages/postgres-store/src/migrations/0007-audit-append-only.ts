import type { Migration } from './migration.ts';

/**
 * The function stands in one line, so that tools which cut a script at the ends of lines run it too.
 * 42501 is "insufficient privilege": no role has it.
 */
const refuse = (schema: string) =>
  `create function ${schema}.refuse_audit_change() returns trigger language plpgsql as $$ begin ` +
  `if tg_op = 'DELETE' and current_setting('keywright.audit_retention', true) = 'on' then return old; end if; ` +
  `raise exception 'audit_logs is append only: % is refused', tg_op using errcode = '42501', ` +
  `hint = 'Old entries are removed by purgeAuditLogs() alone.'; end $$`;

export const auditAppendOnly: Migration = {
  number: 7,
  name: '0007_audit_append_only',
  breaking: false,
  up: (schema) => [
    refuse(schema),
    `create trigger audit_logs_append_only before update or delete on ${schema}.audit_logs
  for each row execute function ${schema}.refuse_audit_change()`,
    `create trigger audit_logs_no_truncate before truncate on ${schema}.audit_logs
  for each statement execute function ${schema}.refuse_audit_change()`,
  ],
  down: (schema) => [
    `drop trigger audit_logs_no_truncate on ${schema}.audit_logs`,
    `drop trigger audit_logs_append_only on ${schema}.audit_logs`,
    `drop function ${schema}.refuse_audit_change()`,
  ],
};
