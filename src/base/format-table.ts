/** An output format that can be asked for. */
export interface FormatDescription {
  readonly name: string;
  /** Artifacts are `${imagePath}.${extension}`. */
  readonly extension: string;
  /** What it is made from: the tree, or the disk laid out. */
  readonly source: 'tree' | 'disk';
  readonly meaning: string;
  /** Programs that must be on the host. */
  readonly programs: readonly { readonly program: string; readonly package: string }[];
}

const tar = { program: 'tar', package: 'tar' };
const gzip = { program: 'gzip', package: 'gzip' };
const zstd = { program: 'zstd', package: 'zstd' };
const qemuImg = { program: 'qemu-img', package: 'qemu-utils' };
const mksquashfs = { program: 'mksquashfs', package: 'squashfs-tools' };

/** Every known output format. Any other name is handed to qemu-img, see {@link describeFormat}. */
export const formatTable: readonly FormatDescription[] = [
  disk('qcow2', 'qcow2', 'QEMU copy-on-write disk, compressed unless -u', [qemuImg]),
  disk('raw', 'raw', 'the disk as it is, a sparse file', []),
  disk('raw.zst', 'raw.zst', 'the disk compressed with zstd', [zstd]),
  tree('tar', 'tar', 'archive of the tree', [tar]),
  tree('tgz', 'tgz', 'archive of the tree compressed with gzip', [tar, gzip]),
  tree('tar.zst', 'tar.zst', 'archive of the tree compressed with zstd', [tar, zstd]),
  tree('squashfs', 'squash', 'SquashFS file system of the tree', [mksquashfs]),
  disk('vhd', 'vhd', 'dynamic virtual hard disk for Xen', []),
  disk('vhdx', 'vhdx', 'Hyper-V disk', [qemuImg]),
  disk('vmdk', 'vmdk', 'VMware disk', [qemuImg]),
  disk('vdi', 'vdi', 'VirtualBox disk', [qemuImg]),
  disk('vpc', 'vpc', 'virtual hard disk as qemu-img writes it', [qemuImg]),
  disk('qed', 'qed', 'QEMU enhanced disk (historic)', [qemuImg]),
  disk('qcow', 'qcow', 'QEMU copy-on-write disk, first version (historic)', [qemuImg]),
  disk('parallels', 'parallels', 'Parallels disk', [qemuImg]),
  tree('docker', 'oci.tar', 'OCI image archive, also imported as --docker-target where a daemon is', [tar, gzip]),
  tree('oci', 'oci.tar', 'OCI image archive', [tar, gzip]),
  tree('aci', 'aci', 'App Container image', [tar]),
];

/** The description of a format; a name that is not in the table is taken for one of qemu-img's. */
export function describeFormat(name: string): FormatDescription {
  return formatTable.find((format) => format.name === name) ?? disk(name, name, 'a disk of qemu-img', [qemuImg]);
}

/**
 * The programs that must be on the host for the formats, each once, with everything that needs it.
 *
 * @param options.gzipProgram `DIB_GZIP_BIN`: stands in for gzip
 */
export function hostProgramsFor(
  formats: readonly string[],
  options: { readonly gzipProgram?: string } = {},
): readonly { readonly program: string; readonly package: string; readonly neededBy: string }[] {
  const needs = new Map<string, { readonly package: string; readonly formats: string[] }>();
  for (const name of formats) {
    for (const needed of describeFormat(name).programs) {
      const program = needed.program === 'gzip' ? (options.gzipProgram ?? 'gzip') : needed.program;
      const packageName = program === needed.program ? needed.package : program.slice(program.lastIndexOf('/') + 1);
      const known = needs.get(program);
      if (known === undefined) needs.set(program, { package: packageName, formats: [name] });
      else if (!known.formats.includes(name)) known.formats.push(name);
    }
  }
  return [...needs].map(([program, need]) => ({
    program,
    package: need.package,
    neededBy: `output format ${need.formats.join(', ')}`,
  }));
}

function tree(
  name: string,
  extension: string,
  meaning: string,
  programs: FormatDescription['programs'],
): FormatDescription {
  return { name, extension, source: 'tree', meaning, programs };
}

function disk(
  name: string,
  extension: string,
  meaning: string,
  programs: FormatDescription['programs'],
): FormatDescription {
  return { name, extension, source: 'disk', meaning, programs };
}
