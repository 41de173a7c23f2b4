import { api } from './api.js';
import { openCreateDialog } from './create-dialog.js';
import { byId, el, showAlert } from './dom.js';
import { keyActions } from './key-actions.js';
import { showKeys } from './key-table.js';
import { session } from './session.js';
import { showUsage } from './usage-chart.js';

const bases = { own: '/api/v1/api-keys', tenant: '/api/v1/admin/api-keys' };
let shown = 'own';
let nextCursor = null;

/** Runs what a click started; what goes wrong is told on the page. */
async function attempt(work) {
  showAlert(byId('alert'), '');
  try {
    await work();
  } catch (error) {
    if (error.status === 401)
      return signOut('This sign-in link is no longer valid. Use one of the last start of the server.');
    showAlert(byId('alert'), error.message);
  }
}

async function loadKeys({ add = false } = {}) {
  const base = bases[shown];
  const cursor = add && nextCursor ? `&cursor=${encodeURIComponent(nextCursor)}` : '';
  const page = await api('GET', `${base}?limit=50${cursor}`);
  nextCursor = page.nextCursor;
  byId('more-keys').hidden = nextCursor === null;
  const isTenant = shown === 'tenant';
  const actionsOf = keyActions(base, { isTenant, onDone: () => attempt(reload) });
  showKeys(page.data, { add, isTenant, actionsOf });
  if (!isTenant) fillUsageChoice(page.data, add);
}

function fillUsageChoice(keys, add) {
  const choice = byId('usage-of');
  const chosen = choice.value;
  if (!add) choice.replaceChildren(el('option', { value: '' }, 'all my keys'));
  choice.append(...keys.map(({ id, name }) => el('option', { value: id }, name)));
  choice.value = keys.some(({ id }) => id === chosen) ? chosen : '';
}

async function loadUsage() {
  const id = byId('usage-of').value;
  showUsage(await api('GET', id ? `${bases.own}/${id}/usage` : '/api/v1/usage'));
}

const reload = () => loadKeys().then(loadUsage);

function chooseTab(name) {
  shown = name;
  for (const tab of byId('tabs').children) {
    const isChosen = tab.id === `tab-${name}`;
    tab.setAttribute('aria-selected', String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
  }
  byId('new-key').hidden = name === 'tenant';
  return attempt(loadKeys);
}

function signOut(message = '') {
  session.signOut();
  for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
  byId('signed-in').hidden = true;
  byId('sign-out').hidden = true;
  byId('who').textContent = '';
  byId('signed-out').hidden = false;
  showAlert(byId('alert'), message);
  byId('token').focus();
}

async function enter() {
  if (!session.token) return signOut();
  await attempt(async () => {
    const { name, tenantId, roles } = await api('GET', '/portal/me');
    byId('who').textContent = `${name} · ${tenantId}`;
    byId('signed-out').hidden = true;
    byId('sign-out').hidden = false;
    byId('tabs').hidden = !roles.some((role) => role !== 'user');
    byId('signed-in').hidden = false;
    await chooseTab('own');
    await loadUsage();
  });
}

byId('sign-in-form').addEventListener('submit', (event) => {
  event.preventDefault();
  session.signIn(byId('token').value.trim());
  byId('token').value = '';
  return enter();
});
byId('sign-out').addEventListener('click', () => signOut());
byId('new-key').addEventListener('click', () => attempt(() => openCreateDialog(() => attempt(reload))));
byId('more-keys').addEventListener('click', () => attempt(() => loadKeys({ add: true })));
byId('usage-of').addEventListener('change', () => attempt(loadUsage));
byId('tabs').addEventListener('click', ({ target }) =>
  chooseTab(target.closest('[role=tab]')?.id === 'tab-tenant' ? 'tenant' : 'own'),
);
byId('tabs').addEventListener('keydown', ({ key }) => {
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined;
  const other = shown === 'own' ? 'tenant' : 'own';
  byId(`tab-${other}`).focus();
  return chooseTab(other);
});
addEventListener('hashchange', () => session.signInByLink() && enter());

session.signInByLink();
await enter();
