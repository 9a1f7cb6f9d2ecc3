import { z } from 'zod';
import { formatTable } from '../base/format-table.js';
import { architectureNames } from './build-option-table.js';

const text = z.string();
const flag = z.boolean();
const count = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const textMap = z.record(z.string(), z.string());

/** One entry of the YAML that `diskimage-builder` reads, keys in the order of the arguments that they become. */
export const imageDefinitionSchema = z
  .strictObject({
    imagename: text.describe(
      'Name of the output files without extension. Without it the entry adds to the one before.',
    ),
    arch: z.enum(architectureNames).describe('Architecture of the image.'),
    types: z.array(z.enum(formatTable.map((format) => format.name))).describe('Output formats.'),
    environment: textMap.describe('Environment variables of the build, added to those of the caller.'),
    ramdisk: flag.describe('Build a ramdisk instead of a disk image.'),
    'debug-trace': z.literal([0, 1, 2]).describe('Trace level of the hooks.'),
    uncompressed: flag.describe('Do not compress the image.'),
    clear: flag.describe('Forget the environment before starting.'),
    logfile: text.describe('File to append the log to.'),
    checksum: flag.describe('Write MD5 and SHA-256 checksum files beside each image.'),
    'image-size': count.describe('Size of the image in GiB.'),
    'image-extra-size': count.describe('Room to leave beyond what the tree needs, in MiB.'),
    'image-cache': text.describe('Where downloads and layers are kept; a leading ~ is the home directory.'),
    'max-online-resize': count.describe('Largest size in file system blocks for growing while mounted.'),
    'min-tmpfs': count.describe('Work in memory only if the machine has twice this much, in GiB.'),
    'mkfs-journal-size': count.describe('Size of the file system journal in MiB.'),
    'mkfs-options': text.describe('Options for mkfs of the root file system.'),
    'no-tmpfs': flag.describe('Never work in memory.'),
    offline: flag.describe('Use cached data where there is any.'),
    'qemu-img-options': textMap.describe('Options for qemu-img.'),
    'root-label': text.describe('Label of the root file system.'),
    'ramdisk-element': text.describe('The element that makes the ramdisk.'),
    'install-type': z.enum(['source', 'package']).describe('How elements install by default.'),
    'docker-target': text.describe('Name of the container image, for the docker format.'),
    packages: z.array(text).describe('Packages to install after the install phase.'),
    'skip-base': flag.describe('Do not add the element base.'),
    elements: z.array(text).describe('Elements of the image.'),
  })
  .partial()
  .describe('What one image is built from, or a part of it.');

/** A whole file. */
export const imageDefinitionsSchema = z.array(imageDefinitionSchema);

/** One entry, checked. */
export type ImageDefinition = z.infer<typeof imageDefinitionSchema>;

/** The JSON Schema of a file, for editors; `assets/schema/image.schema.json` holds it. */
export function makeImageJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(imageDefinitionsSchema);
  return { $schema, title: 'Images for diskimage-builder', ...schema };
}
