import { byId, showAlert } from './dom.js';

const dialog = byId('confirm-dialog');
const alert = dialog.querySelector('[data-error]');
const button = byId('confirm');
const graces = byId('confirm-grace');
let act = async () => {};

/**
 * Asks before something is done to a key. `asksGrace` shows the choice of how long the old secret works; `work` gets it
 * in seconds. The dialog stays open when `work` fails, and says why; `onDone` gets its result once the dialog is gone.
 */
export function askFirst(key, { title, text, label, isDanger = false, asksGrace = false, work, onDone }) {
  byId('confirm-title').textContent = title;
  byId('confirm-name').textContent = `${key.name} (${key.keyPrefix}…)`;
  byId('confirm-text').textContent = text;
  button.textContent = label;
  button.className = isDanger ? 'danger' : 'primary';
  graces.hidden = !asksGrace;
  showAlert(alert, '');
  act = async () => {
    const result = await work(Number(graces.querySelector('select').value));
    dialog.close();
    onDone(result);
  };
  dialog.showModal();
}

button.addEventListener('click', async () => {
  button.disabled = true;
  try {
    await act();
  } catch (error) {
    showAlert(alert, error.message);
  } finally {
    button.disabled = false;
  }
});
