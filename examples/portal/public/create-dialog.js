import { api } from './api.js';
import { byId, el, showAlert } from './dom.js';
import { formatMoney } from './format.js';
import { showSecret } from './secret-dialog.js';

const dialog = byId('create-dialog');
const form = byId('create-form');
const list = byId('model-list');
let onCreated = () => {};
let subscriptions = [];
let models = [];

export async function openCreateDialog(created) {
  onCreated = created;
  const [active, available] = await Promise.all([
    api('GET', '/api/v1/subscriptions?status=active&limit=100'),
    api('GET', '/api/v1/models'),
  ]);
  subscriptions = active.data.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault));
  models = available.data;
  form.reset();
  clearErrors();
  if (subscriptions.length === 0) showAlert(summary(), 'You have no active subscription: ask an admin of your tenant.');
  form.elements.subscriptionId.replaceChildren(
    ...subscriptions.map(({ id, name }) => el('option', { value: id }, name ?? 'Subscription')),
  );
  form.elements.expiresAt.min = new Date().toISOString().slice(0, 10);
  showModels();
  dialog.showModal();
  form.elements.name.focus();
}

/** The models of the chosen subscription, with prices per million tokens where LiteLLM knows them. */
function showModels() {
  const chosen = subscriptions.find(({ id }) => id === form.elements.subscriptionId.value);
  const prices = new Map(models.map((model) => [model.name, model]));
  list.replaceChildren(...(chosen?.models ?? []).map((name) => modelCheck(name, prices.get(name))));
  list.hidden = form.elements.modelSelection.value !== 'some';
}

function modelCheck(name, model) {
  const price = model?.inputCostPerMillion
    ? `${formatMoney(model.inputCostPerMillion)} in · ${formatMoney(model.outputCostPerMillion ?? '0')} out per million tokens`
    : '';
  return el(
    'label',
    { class: 'check' },
    el('input', { type: 'checkbox', name: 'models', value: name }),
    name,
    el('small', {}, price),
  );
}

function readForm() {
  const data = new FormData(form);
  const text = (name) => String(data.get(name) ?? '').trim();
  const body = { name: text('name'), subscriptionId: text('subscriptionId') };
  if (text('modelSelection') === 'some') body.models = data.getAll('models');
  if (text('maxBudget')) body.maxBudget = text('maxBudget').replace(',', '.');
  for (const name of ['rpmLimit', 'tpmLimit']) if (text(name)) body[name] = Number(text(name));
  // a day is meant to its end where the person is
  if (text('expiresAt')) body.expiresAt = new Date(`${text('expiresAt')}T23:59:59`).toISOString();
  return body;
}

const summary = () => form.querySelector('[data-error]');

function clearErrors() {
  showAlert(summary(), '');
  for (const shown of form.querySelectorAll('.field-error')) shown.remove();
  for (const input of form.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
}

function showError(error) {
  const rest = [];
  for (const { path, message } of error.fields ?? []) {
    const name = path.split('.')[0];
    const field = name === 'models' ? byId('models') : form.elements[name]?.closest('label');
    if (!field) rest.push(`${path}: ${message}`);
    else markField(field, name, message);
  }
  const isAllShown = error.fields?.length > 0 && rest.length === 0;
  showAlert(summary(), isAllShown ? '' : rest.join('; ') || error.message);
  form.querySelector('[aria-invalid]')?.focus();
}

function markField(field, name, message) {
  const id = `error-${name}`;
  field.closest('details')?.setAttribute('open', '');
  field.append(el('span', { class: 'field-error', id }, message));
  const input = field.querySelector('input, select');
  input?.setAttribute('aria-invalid', 'true');
  input?.setAttribute('aria-describedby', id);
}

form.addEventListener('change', ({ target }) => {
  if (target.name === 'subscriptionId' || target.name === 'modelSelection') showModels();
});

form.addEventListener('input', ({ target }) => {
  target.removeAttribute('aria-invalid');
  document.getElementById(`error-${target.name}`)?.remove();
});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  clearErrors();
  const button = form.querySelector('[type=submit]');
  button.disabled = true;
  try {
    const created = await api('POST', '/api/v1/api-keys', readForm());
    dialog.close();
    onCreated();
    await showSecret(created);
  } catch (error) {
    showError(error);
  } finally {
    button.disabled = false;
  }
});
