import { type DoctorFinding, error, info, ok, warning } from './finding.ts';

const oldest = '1.81.12';
const newest = '1.109.1';

/** Releases on PyPI that somebody else had put malware into. */
const compromised = ['1.82.7', '1.82.8'];

/** Pure. */
export function checkVersion(version: string | null, isTried: boolean): DoctorFinding {
  const check = 'litellm.version';
  const range = `Keywright works with ${oldest} to ${newest}`;
  if (version === null) return info(check, 'LiteLLM does not tell its version: /openapi.json is switched off there');
  if (compromised.some((bad) => version === bad || version.startsWith(`${bad}.`) || version.startsWith(`${bad}-`))) {
    const what = `LiteLLM ${version} is a compromised release: it steals credentials of the machine that it runs on`;
    return error(check, what, 'stop it, install another release, and replace every credential that it could read');
  }
  if (isBefore(version, oldest)) {
    return error(check, `LiteLLM ${version} is too old: ${range}`, `update LiteLLM to ${newest}`);
  }
  if (isBefore(newest, version)) {
    const remedy = 'try it beside production first, and run keywright doctor --probe there';
    return warning(check, `LiteLLM ${version} is newer than what was tried: ${range}`, remedy);
  }
  return isTried ? ok(check, `LiteLLM ${version}`) : info(check, `LiteLLM ${version}, within what was tried: ${range}`);
}

/** By number, part by part. */
function isBefore(version: string, other: string): boolean {
  return version.replace(/^v/, '').localeCompare(other, 'en', { numeric: true }) < 0;
}
