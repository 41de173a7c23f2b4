import { announce, byId } from './dom.js';
import { formatUntil } from './format.js';

const dialog = byId('secret-dialog');

/**
 * The only time that a secret is on the page; closing the dialog takes it out again. Of a rotation it says what becomes
 * of the old secret. Resolves when the dialog is closed.
 */
export function showSecret({ key, name, models, previousKeyExpiresAt }) {
  const model = models[0] ?? 'gpt-4o-mini';
  byId('secret-title').textContent = previousKeyExpiresAt ? 'The new secret of your key' : 'Your new key';
  byId('secret-of').textContent = name;
  byId('secret-previous').textContent = previousKeyExpiresAt ? aboutPrevious(new Date(previousKeyExpiresAt)) : '';
  byId('secret').value = key;
  byId('curl-snippet').textContent = `curl ${location.origin}/v1/chat/completions \\
  -H 'Authorization: Bearer ${key}' \\
  -H 'Content-Type: application/json' \\
  -d '${JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })}'`;
  byId('openai-snippet').textContent = `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${location.origin}/v1', apiKey: '${key}' });
const answer = await client.chat.completions.create({
  model: '${model}',
  messages: [{ role: 'user', content: 'Hello' }],
});
console.log(answer.choices[0].message.content);`;
  dialog.showModal();
  byId('secret').focus();
  byId('secret').setSelectionRange(0, key.length, 'backward');
  byId('secret').scrollLeft = 0; // its beginning says what it is
  return new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
}

function aboutPrevious(until) {
  if (until <= new Date()) return 'The old secret does not work any more.';
  return `The old secret works until ${formatUntil(until)}.`;
}

// Escape is pressed by accident, and the secret is gone for good. A browser lets `cancel` be refused only once in a row.
dialog.addEventListener('keydown', (event) => event.key === 'Escape' && event.preventDefault());
dialog.addEventListener('cancel', (event) => event.preventDefault());

dialog.addEventListener('close', () => {
  byId('secret').value = '';
  byId('curl-snippet').textContent = '';
  byId('openai-snippet').textContent = '';
});

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    announce('The browser does not allow copying: select the text and copy it yourself.');
    return;
  }
  const label = button.textContent;
  button.textContent = 'Copied';
  announce('Copied');
  setTimeout(() => {
    button.textContent = label;
  }, 1500);
}

byId('copy-secret').addEventListener('click', ({ currentTarget }) => copy(currentTarget, byId('secret').value));
for (const button of dialog.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', () => copy(button, byId(button.dataset.copy).textContent));
}
