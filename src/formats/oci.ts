import { open, stat } from 'node:fs/promises';
import { digestOf } from '../base/digest.js';
import type { Ports } from '../model/ports.js';
import { digestFile } from './digest-file.js';
import { openTarFile } from './tar-file.js';

/** What an image for containers is made of. */
export interface OciOptions {
  readonly archivePath: string;
  /** The tree as a gzip compressed tar. */
  readonly layerPath: string;
  /** SHA-256 of the tar before compression. */
  readonly layerContentDigest: string;
  /** `ARCH` as hooks see it. */
  readonly architecture: string;
  readonly createdSeconds: number;
  /** Names the image where there is no target. */
  readonly imageName: string;
  /** `--docker-target`. */
  readonly dockerTarget?: string;
}

interface Platform {
  readonly architecture: string;
  readonly variant?: string;
}

/** Names of architectures as Go, and so the OCI image specification, has them. */
const platforms: Readonly<Record<string, Platform>> = {
  x86_64: { architecture: 'amd64' },
  i386: { architecture: '386' },
  i686: { architecture: '386' },
  aarch64: { architecture: 'arm64' },
  armhf: { architecture: 'arm', variant: 'v7' },
  armel: { architecture: 'arm', variant: 'v5' },
  ppc64el: { architecture: 'ppc64le' },
  loongarch64: { architecture: 'loong64' },
};

/**
 * Writes an OCI image of one layer as a tar file.
 *
 * It also holds the `manifest.json` of `docker save`, so that `docker load` of any version takes it.
 *
 * @see OCI Image Format Specification 1.0: image-layout, manifest, config
 */
export async function writeOci(options: OciOptions, ports: Ports): Promise<void> {
  const [{ sha256: layerDigest = '' }, { size: layerSizeBytes }] = await Promise.all([
    digestFile(options.layerPath, ['sha256'], ports),
    stat(options.layerPath),
  ]);
  const reference = imageReference(options);
  const config = toJson(imageConfig(options));
  const manifest = toJson({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: describe('application/vnd.oci.image.config.v1+json', digestOf(config), config.length),
    layers: [describe('application/vnd.oci.image.layer.v1.tar+gzip', layerDigest, layerSizeBytes)],
  });
  const index = toJson({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        ...describe('application/vnd.oci.image.manifest.v1+json', digestOf(manifest), manifest.length),
        platform: { ...platformOf(options.architecture), os: 'linux' },
        annotations: {
          'io.containerd.image.name': reference,
          'org.opencontainers.image.ref.name': reference,
        },
      },
    ],
  });
  const dockerManifest = toJson([
    { Config: blobPath(digestOf(config)), RepoTags: [reference], Layers: [blobPath(layerDigest)] },
  ]);
  const archive = await openTarFile({ path: options.archivePath, modifiedSeconds: options.createdSeconds });
  try {
    await archive.addDirectory('blobs/');
    await archive.addDirectory('blobs/sha256/');
    await archive.addBytes(blobPath(digestOf(config)), config);
    await archive.addBytes(blobPath(digestOf(manifest)), manifest);
    await addLayer(archive, blobPath(layerDigest), options.layerPath, layerSizeBytes);
    await archive.addBytes('index.json', index);
    await archive.addBytes('manifest.json', dockerManifest);
    await archive.addBytes('oci-layout', toJson({ imageLayoutVersion: '1.0.0' }));
    await archive.end();
  } finally {
    await archive.close();
  }
}

/** The name that an image gets: the target, with `latest` where it has no tag, or the last part of the output's name. */
export function imageReference(options: Pick<OciOptions, 'dockerTarget' | 'imageName'>): string {
  const name = options.dockerTarget ?? plainName(options.imageName);
  const lastPart = name.slice(name.lastIndexOf('/') + 1);
  return lastPart.includes(':') || lastPart.includes('@') ? name : `${name}:latest`;
}

/** Repository names are lower-case letters, digits and single separators (OCI Distribution Specification 1.0). */
function plainName(imageName: string): string {
  const last = imageName.slice(imageName.lastIndexOf('/') + 1).toLowerCase();
  return last.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'image';
}

function imageConfig(options: OciOptions): unknown {
  const created = new Date(options.createdSeconds * 1000).toISOString().replace('.000Z', 'Z');
  return {
    created,
    ...platformOf(options.architecture),
    os: 'linux',
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${options.layerContentDigest}`] },
    history: [{ created, created_by: 'diskimage-builder' }],
  };
}

function platformOf(architecture: string): Platform {
  return platforms[architecture] ?? { architecture };
}

function describe(mediaType: string, digest: string, size: number): { readonly [field: string]: string | number } {
  return { mediaType, digest: `sha256:${digest}`, size };
}

function blobPath(digest: string): string {
  return `blobs/sha256/${digest}`;
}

function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

async function addLayer(
  archive: Awaited<ReturnType<typeof openTarFile>>,
  name: string,
  path: string,
  sizeBytes: number,
): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await archive.addStream(
      name,
      sizeBytes,
      handle.createReadStream({ autoClose: false, start: 0, highWaterMark: 1 << 20 }),
    );
  } finally {
    await handle.close();
  }
}
