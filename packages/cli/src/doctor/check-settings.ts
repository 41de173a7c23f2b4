import type { Config } from '../config.ts';
import { type DoctorFinding, error, ok, warning } from './finding.ts';

/** Master keys of LiteLLM's documentation, known to everybody. */
const examples = [
  'sk-1234',
  'sk-12345',
  'sk-123456',
  'sk-1234567890',
  'sk-master-key',
  'sk-my-master-key',
  'sk-litellm',
];

const shortest = 20;
const random =
  'set a random one in LiteLLM and in LITELLM_MASTER_KEY, such as sk- and the output of openssl rand -hex 32';

/** Pure: what the settings alone tell of how LiteLLM is guarded. */
export function checkSettings({ baseUrl, masterKey }: NonNullable<Config['litellm']>): DoctorFinding[] {
  return [checkMasterKey(masterKey), checkTransport(new URL(baseUrl))];
}

function checkMasterKey(masterKey: string): DoctorFinding {
  const check = 'litellm.master-key-strength';
  if (examples.includes(masterKey)) {
    return error(check, "the master key is an example of LiteLLM's documentation, which everybody knows", random);
  }
  if (!masterKey.startsWith('sk-')) {
    return warning(check, 'the master key does not begin with sk-, as LiteLLM wants it', random);
  }
  if (masterKey.length < shortest) {
    return warning(check, `the master key is shorter than ${shortest} characters: it could be guessed`, random);
  }
  return ok(check, 'the master key is neither short nor a known example');
}

function checkTransport({ protocol, hostname }: URL): DoctorFinding {
  const check = 'litellm.transport';
  if (protocol === 'https:') return ok(check, 'LiteLLM is called over https');
  if (isLoopback(hostname)) return ok(check, 'LiteLLM is called over http on this machine');
  const what = `LiteLLM at ${hostname} is called over plain http: the master key and every secret go unencrypted`;
  return warning(check, what, 'use https in LITELLM_BASE_URL, or a network that encrypts between the machines');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\./.test(hostname);
}
