import type { FileSystemSpec, MountSpec } from '../model/layout.js';

/**
 * The text of `/etc/fstab`: one line for each mount that has an fstab entry, in the order given.
 *
 * @returns undefined when no mount has one, so that a file that is there already is kept
 */
export function formatFstab(mounts: readonly MountSpec[], fileSystems: readonly FileSystemSpec[]): string | undefined {
  const lines = mounts.flatMap(({ fileSystem, mountPoint, fstab }) => {
    const mounted = fileSystems.find(({ name }) => name === fileSystem);
    if (fstab === undefined || mounted === undefined) return [];
    const { options, dumpFrequency, passNumber } = fstab;
    const fields = [`LABEL=${mounted.label}`, mountPoint, mounted.type, options, `${dumpFrequency}`, `${passNumber}`];
    return [`${fields.map(escapeField).join(' ')}\n`];
  });
  return lines.length === 0 ? undefined : lines.join('');
}

/** Blanks, line ends and backslashes as octal (fstab(5)); `#` too, since a reader may take it for a comment. */
function escapeField(field: string): string {
  return field.replace(/[\s\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
