import { api } from './api.js';
import { byId, showAlert } from './dom.js';

const dialog = byId('delete-dialog');
const alert = dialog.querySelector('[data-error]');
const button = byId('confirm-delete');
let remove = async () => {};

/** Asks before a key is deleted. `base` is the route of the list that the key stands in. */
export function openDeleteDialog(base, key, onDeleted) {
  byId('delete-name').textContent = `${key.name} (${key.keyPrefix}…)`;
  showAlert(alert, '');
  remove = async () => {
    await api('DELETE', `${base}/${key.id}`);
    dialog.close();
    onDeleted();
  };
  dialog.showModal();
}

button.addEventListener('click', async () => {
  button.disabled = true;
  try {
    await remove();
  } catch (error) {
    showAlert(alert, error.message);
  } finally {
    button.disabled = false;
  }
});
