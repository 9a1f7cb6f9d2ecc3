import { expandHome } from './absolute-path.js';
import type { ImageDefinition } from './image-definition-schema.js';

/** A build command that an image definition stands for. */
export interface ImageCommand {
  readonly programName: 'disk-image-create' | 'ramdisk-image-create';
  readonly arguments: readonly string[];
  /** Joins the caller's environment and wins. */
  readonly environment: Readonly<Record<string, string>>;
}

/** How a key becomes arguments; keys in the order in which they are given. */
const argumentOrder: readonly (readonly [key: keyof ImageDefinition, option: string])[] = [
  ['imagename', '-o'],
  ['arch', '-a'],
  ['types', '-t'],
  ['debug-trace', '-x'],
  ['uncompressed', '-u'],
  ['clear', '-c'],
  ['logfile', '--logfile'],
  ['checksum', '--checksum'],
  ['image-size', '--image-size'],
  ['image-extra-size', '--image-extra-size'],
  ['image-cache', '--image-cache'],
  ['max-online-resize', '--max-online-resize'],
  ['min-tmpfs', '--min-tmpfs'],
  ['mkfs-journal-size', '--mkfs-journal-size'],
  ['mkfs-options', '--mkfs-options'],
  ['no-tmpfs', '--no-tmpfs'],
  ['offline', '--offline'],
  ['qemu-img-options', '--qemu-img-options'],
  ['root-label', '--root-label'],
  ['ramdisk-element', '--ramdisk-element'],
  ['install-type', '--install-type'],
  ['docker-target', '--docker-target'],
  ['packages', '-p'],
  ['skip-base', '-n'],
];

/** The command of a merged definition. Empty texts, lists and maps, `false` and 0 give no argument. */
export function commandOfImage(definition: ImageDefinition, options: { readonly homeDirectory: string }): ImageCommand {
  const cache = definition['image-cache'];
  const expanded: ImageDefinition =
    cache === undefined ? definition : { ...definition, 'image-cache': expandHome(cache, options.homeDirectory) };
  const elements = definition.elements ?? [];
  return {
    programName: definition.ramdisk === true ? 'ramdisk-image-create' : 'disk-image-create',
    arguments: [
      ...argumentOrder.flatMap(([key, option]) => argumentsOf(option, expanded[key])),
      ...(elements.length > 0 ? ['--', ...elements] : []),
    ],
    environment: definition.environment ?? {},
  };
}

function argumentsOf(option: string, value: ImageDefinition[keyof ImageDefinition]): readonly string[] {
  if (typeof value === 'boolean') return value ? [option] : [];
  if (option === '-x') return Array.from({ length: Number(value ?? 0) }, () => option);
  const text = textOf(value);
  return text === '' ? [] : [option, text];
}

function textOf(value: ImageDefinition[keyof ImageDefinition]): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.join(',');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([key, entry]) => `${key}=${entry}`)
      .join(',');
  return String(value);
}
