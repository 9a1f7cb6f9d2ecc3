import { BuildError } from '../../base/build-error.js';
import type { Programs } from '../../model/ports.js';

/** QEMU's names of formats by file extension, for when qemu-img is not there. */
const formatOfExtension: Readonly<Record<string, string>> = {
  qcow2: 'qcow2',
  qcow: 'qcow',
  raw: 'raw',
  img: 'raw',
  vhd: 'vpc',
  vpc: 'vpc',
  vhdx: 'vhdx',
  vmdk: 'vmdk',
  vdi: 'vdi',
  qed: 'qed',
  parallels: 'parallels',
};

/** Extensions of files that hold no disk. */
const diskless = /\.(tar|tgz|tar\.\w+|squash|squashfs|aci|oci\.tar|raw\.zst|initramfs|kernel)$/;

/**
 * The format of a disk image in QEMU's words: what qemu-img finds, otherwise what the extension says.
 *
 * @throws BuildError `USAGE` for a file that is no disk, or whose format cannot be told
 */
export async function findImageFormat(imagePath: string, programs: Programs): Promise<string> {
  const refused = diskless.exec(imagePath)?.[1];
  if (refused !== undefined)
    throw new BuildError({
      code: 'USAGE',
      message: `${imagePath} is not a disk that can be booted`,
      hint: refused === 'raw.zst' ? 'unpack it first: zstd -d' : 'build a disk image, for example with -t qcow2',
    });
  if (programs.find('qemu-img') !== undefined) {
    const { stdout } = await programs.require({ program: 'qemu-img', arguments: ['info', '--output=json', imagePath] });
    return (JSON.parse(stdout) as { readonly format: string }).format;
  }
  const extension = imagePath.slice(imagePath.lastIndexOf('.') + 1);
  const format = formatOfExtension[extension];
  if (format !== undefined) return format;
  throw new BuildError({
    code: 'USAGE',
    message: `the format of ${imagePath} cannot be told from its name`,
    hint: 'install qemu-utils, which finds out',
  });
}
