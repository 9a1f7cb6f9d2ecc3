/** What stands in place of a secret. */
export const secretMask = '***';

/** Shorter values are left alone: masking every `1` or `no` of a log hides the log, not a secret. */
const shortestSecretLength = 4;

/** Names whose values are secrets whatever they look like. */
const secretName = /PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|ACTIVATION_KEY/i;

/** Names that hold key material or merely the path of it. */
const keyName = /(^|_)(API|ACCESS|PRIVATE|SSH|AUTH|REG)?_?KEYS?(_|$)/i;

const plainWords = new Set(['true', 'false', 'none', 'null', 'auto', 'default', 'disabled', 'enabled']);

/** The password part of `scheme://user:password@host`, as proxies and repositories carry it. */
const urlPassword = /:\/\/[^/\s:@]*:([^/\s@]+)@/g;

/**
 * The texts that must not appear in a log: values of variables whose names look secret, and passwords inside URLs.
 *
 * Values under four characters, plain words such as `true`, and paths in `…KEY…` variables are no secrets.
 * A value of several lines gives each line, as programs say one line at a time. Longest first.
 */
export function findSecrets(environment: Readonly<Record<string, string>>): readonly string[] {
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(environment)) {
    for (const match of value.matchAll(urlPassword)) addSecret(secrets, match[1] ?? '');
    const isSecret = secretName.test(name) || (keyName.test(name) && !isPath(value));
    if (!isSecret) continue;
    for (const line of value.split('\n')) addSecret(secrets, line.trim());
  }
  return [...secrets].sort((left, right) => right.length - left.length || (left < right ? -1 : 1));
}

/**
 * Makes a function that replaces every secret in a text by {@link secretMask}.
 *
 * @param secrets as {@link findSecrets} gives them; empty ones are ignored
 */
export function openRedaction(secrets: readonly string[]): (text: string) => string {
  const present = secrets.filter((secret) => secret !== '');
  if (present.length === 0) return (text) => text;
  const ordered = [...present].sort((left, right) => right.length - left.length);
  const pattern = new RegExp(ordered.map(escapeRegExp).join('|'), 'g');
  return (text) => text.replace(pattern, secretMask);
}

/** Applies a redaction to every text inside a JSON-like value; keys stay. */
export function redactValue<Value>(value: Value, redact: (text: string) => string): Value {
  return redactUnknown(value, redact) as Value;
}

function redactUnknown(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactUnknown(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactUnknown(item, redact)]));
}

function addSecret(secrets: Set<string>, text: string): void {
  if (text.length >= shortestSecretLength && !plainWords.has(text.toLowerCase())) secrets.add(text);
}

function isPath(value: string): boolean {
  return /^(\/|\.\/|~\/|file:)\S*$/.test(value);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
