import { hintNearName } from '../base/near-name.js';
import { phases } from '../model/phase.js';
import type { BuildRequest } from '../model/request.js';
import { absolutePath, type PathBases } from './absolute-path.js';
import type { BuildOptionName } from './build-option-table.js';
import type { CommandStart } from './command-start.js';
import { readChoice, type Settings } from './settings.js';

/** The output name; with a single format its extension is removed. */
export function readImageName(settings: Settings, formats: readonly string[]): string {
  const setting = settings.get('imageName', 'IMAGE_NAME');
  if (setting === undefined) return 'image';
  const [onlyFormat] = formats;
  const suffix = formats.length === 1 ? `.${onlyFormat}` : '';
  const name = suffix !== '' && setting.text.endsWith(suffix) ? setting.text.slice(0, -suffix.length) : setting.text;
  if (name === '' || name.endsWith('/')) settings.refuse(setting, 'a file name, not a directory');
  return name;
}

/** None */
export function readElementDirectories(settings: Settings, start: CommandStart): string[] {
  const setting = settings.get(undefined, 'ELEMENTS_PATH');
  const entries = setting === undefined ? [] : setting.text.split(':');
  if (entries.includes(''))
    settings.add({
      code: 'ELEMENT_DIRECTORY_INVALID',
      message: `ELEMENTS_PATH is "${setting?.text}"; it has an empty entry`,
      hint: 'remove the leading, trailing or doubled colon',
    });
  return [...new Set([...entries.map((entry) => absolutePath(entry, start)), start.builtinElementsDirectory])];
}

/** The checksum kinds that `--checksum` or `DIB_CHECKSUM` ask for. */
export function readChecksums(settings: Settings): ('md5' | 'sha256')[] {
  if (settings.count('checksum') > 0) return ['md5', 'sha256'];
  const setting = settings.get(undefined, 'DIB_CHECKSUM');
  if (setting === undefined || setting.text === '0') return [];
  if (setting.text === '1') return ['md5', 'sha256'];
  const named = (['md5', 'sha256'] as const).filter((kind) => setting.text.includes(kind));
  if (named.length === 0) settings.refuse(setting, '0, 1, md5, sha256 or both names');
  return named;
}

/** `DIB_BLOCK_DEVICE_CONFIG` as text, or the absolute path after `file://`. */
export function readBlockDeviceConfig(settings: Settings, bases: PathBases): BuildRequest['blockDeviceConfig'] {
  const text = settings.variable('DIB_BLOCK_DEVICE_CONFIG');
  if (!text) return undefined;
  if (!text.startsWith('file://')) return { kind: 'text', value: text };
  return { kind: 'file', value: absolutePath(text.slice('file://'.length), bases) };
}

/** `DIB_BLOCK_SIZE` in bytes. */
export function readSectorSize(settings: Settings): number | undefined {
  const text = readChoice(settings, settings.get(undefined, 'DIB_BLOCK_SIZE'), ['512', '4096'] as const);
  return text === undefined ? undefined : Number(text);
}

/** The `break` variables; a stage that does not exist is a fault. */
export function readBreakPoints(settings: Settings): BuildRequest['breakPoints'] {
  const stages = ['after-error', ...phases.flatMap((phase) => [`before-${phase}`, `after-${phase}`])];
  const names = (settings.variable('break') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  for (const name of names.filter((candidate) => !stages.includes(candidate)))
    settings.add({
      code: 'VARIABLE_INVALID',
      message: `break names the stage "${name}", which does not exist`,
      hint: hintNearName(name, stages) ?? `stages are after-error, and before- and after- ${phases.join(', ')}`,
    });
  const command = settings.variable('break_cmd');
  return {
    names,
    ...optional('command', command || undefined),
    isOutsideTarget: Boolean(settings.variable('break_outside_target')),
  };
}

/** None */
export function checkWord(
  settings: Settings,
  option: BuildOptionName,
  variable: 'ARCH' | 'DIB_DEFAULT_INSTALLTYPE',
  text: string,
): string {
  const setting = settings.get(option, variable);
  if (setting !== undefined && !/^[\w.-]+$/.test(text))
    settings.refuse(setting, 'one word of letters, digits and - _ .');
  return text;
}

/** None */
export function isZeroOrUnset(text: string | undefined): boolean {
  return text === undefined || text === '' || Number(text) === 0;
}

/** An object with the key, or without it when the value is undefined. */
export function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value };
}
