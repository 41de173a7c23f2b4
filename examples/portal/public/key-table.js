import { announce, byId, el } from './dom.js';
import { formatAgo, formatMoney } from './format.js';

const body = byId('keys').tBodies[0];

/** Shows keys; `add` keeps those that are shown already. `actionsOf` names what can be done to a key. */
export function showKeys(keys, { add = false, isTenant, actionsOf }) {
  byId('keys').classList.toggle('all', isTenant);
  if (!add) body.replaceChildren();
  body.append(...keys.map((key) => keyRow(key, actionsOf(key), isTenant)));
  const isEmpty = body.rows.length === 0;
  byId('keys').hidden = isEmpty;
  byId('no-keys').hidden = !isEmpty;
  announce(isEmpty ? 'No keys' : `${body.rows.length} keys`);
}

/** A row that was drawn anew has lost the focus: it gets it back, or the heading does where the row is gone. */
export function focusKey(id) {
  const now = document.activeElement;
  if (now !== document.body && now.checkVisibility()) return; // what is in a closed dialog is not
  const row = [...body.rows].find(({ dataset }) => dataset.keyId === id);
  (row?.querySelector('button') ?? byId('keys-title')).focus();
}

function keyRow(key, actions, isTenant) {
  const buttons = actions.map(({ label, run }) =>
    el('button', { type: 'button', 'aria-label': `${label} ${key.name}`, click: () => run(key) }, label),
  );
  const badges = [el('span', { class: `badge ${key.status}` }, statusOf(key, isTenant))];
  if (key.syncStatus !== 'synced') {
    badges.push(
      ' ',
      el(
        'span',
        { class: `badge ${key.syncStatus}`, title: key.syncError ?? 'LiteLLM has not followed yet' },
        key.syncStatus,
      ),
    );
  }
  const models = key.models.join(', ') || 'none';
  const whole = key.modelSelection === 'subscription' ? `all of the subscription: ${models}` : undefined;
  return el(
    'tr',
    { 'data-key-id': key.id },
    cell('Name', { class: 'text' }, key.name),
    cell('User', { class: 'owner text' }, key.userId),
    cell('Key', {}, el('code', {}, `${key.keyPrefix}…`)),
    cell('Status', { class: 'status' }, el('span', {}, ...badges)),
    cell('Models', { class: 'text', title: whole }, models),
    cell('Last used', { title: key.lastUsedAt ?? undefined }, formatAgo(key.lastUsedAt)),
    cell('Spend', { class: 'number' }, formatMoney(key.currentSpend)),
    cell('', { class: 'actions' }, ...buttons),
  );
}

function statusOf({ status, blockedBy }, isTenant) {
  if (status !== 'blocked') return status;
  if (blockedBy === 'admin' || blockedBy === 'both') return 'blocked by an admin';
  return isTenant && blockedBy === 'owner' ? 'blocked by its owner' : status;
}

function cell(label, attributes, ...children) {
  return el('td', { 'data-label': label, ...attributes }, ...children);
}
