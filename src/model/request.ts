/** How hooks' output and progress are shown. */
export type LogFormat = 'auto' | 'plain' | 'terminal' | 'json';

/** What the layer store may be used for: reuse and save; reuse without asking archives; neither; run again but save. */
export type CacheMode = 'on' | 'trust' | 'off' | 'fresh';

/** What the caller asked, checked and with every default filled in. Made only by `request/`. */
export interface BuildRequest {
  /** `ramdisk` when started as ramdisk-image-create. */
  readonly mode: 'disk' | 'ramdisk';
  /** Element names in the order they are resolved: ramdisk element, `base`, then what was given; repeats removed, the first stays. */
  readonly elements: readonly string[];
  /** Directories searched for elements, first match wins; the built-in ones last. Absolute. */
  readonly elementDirectories: readonly string[];
  /** `ARCH` as hooks see it, for example `amd64`. */
  readonly architecture: string;
  /** `IMAGE_NAME` as hooks see it: path prefix as given, a single type's suffix removed. */
  readonly imageName: string;
  /** `imageName` made absolute: artifacts are `${imagePath}.${extension}`. */
  readonly imagePath: string;
  /** Requested format names, in order, without repeats; `tgz` does not imply a `tar` artifact here. */
  readonly formats: readonly string[];
  /** Packages of `-p`, in order. */
  readonly packages: readonly string[];
  readonly compress: boolean;
  /** `DIB_DEBUG_TRACE`. */
  readonly traceLevel: number;
  /** `none`, or the checksum kinds to write beside each artifact. */
  readonly checksums: readonly ('md5' | 'sha256')[];
  /** Absolute path of `--logfile`. */
  readonly logPath?: string;
  readonly isQuiet: boolean;
  readonly hasTimestamps: boolean;
  readonly logFormat: LogFormat;
  /** `DIB_IMAGE_CACHE`, absolute. */
  readonly cacheDirectory: string;
  /** `DIB_LOCKFILES`, absolute. */
  readonly lockDirectory: string;
  /** Where the workspace goes when it is not a tmpfs: `TMPDIR`, else `TMP_DIR`, else `/tmp`. Absolute. */
  readonly temporaryDirectory: string;
  /** `true`: never a tmpfs. Otherwise a tmpfs is used when the memory rule of `minimumTmpfsGib` allows. */
  readonly isTmpfsRefused: boolean;
  /** `DIB_MIN_TMPFS`, GiB; a tmpfs needs twice this much memory. */
  readonly minimumTmpfsGib: number;
  readonly isOffline: boolean;
  readonly size: ImageSizeRequest;
  readonly rootFileSystem: RootFileSystemRequest;
  /** Text of `DIB_BLOCK_DEVICE_CONFIG`, or the `file://` path in it. */
  readonly blockDeviceConfig?: { readonly kind: 'text' | 'file'; readonly value: string };
  /** Logical sector size forced by `DIB_BLOCK_SIZE`. */
  readonly sectorSizeBytes?: number;
  /** `DIB_DISK_MODE`; absent: the plan chooses. */
  readonly diskMode?: 'files' | 'loop';
  /** `DIB_DEFAULT_INSTALLTYPE`. */
  readonly installType: string;
  /** `key=value` options for every qemu-img conversion, comma separated. */
  readonly qemuImgOptions?: string;
  readonly dockerTarget?: string;
  /** Absolute path of `ACI_MANIFEST`. */
  readonly aciManifestPath?: string;
  /** `DIB_GZIP_BIN` for tgz. */
  readonly gzipProgram: string;
  readonly overwritesOldImage: boolean;
  readonly usageReport: 'none' | 'large' | 'full';
  readonly breakPoints: BreakPoints;
  /** `RUN_PARTS_REGEX`, an extended regular expression for hook names. */
  readonly hookNamePattern: string;
  readonly cacheMode: CacheMode;
  /** `--jobs`; absent: one for each processor. */
  readonly maximumJobs?: number;
  /** `SOURCE_DATE_EPOCH`, seconds. */
  readonly sourceDateEpochSeconds?: number;
  /** Directory in which the command was started: host hooks run there. */
  readonly workingDirectory: string;
  /** The command line joined by spaces (`DIB_ARGS`), secrets not removed. */
  readonly commandLine: string;
  /** What host hooks inherit: the caller's environment, with the variables set by flags already in it. */
  readonly callerEnvironment: Readonly<Record<string, string>>;
}

export interface ImageSizeRequest {
  /** `DIB_IMAGE_SIZE`, GiB, fractions allowed. */
  readonly imageSizeGib?: number;
  /** `DIB_IMAGE_EXTRA_SIZE`, MiB. */
  readonly extraSizeMib?: number;
}

export interface RootFileSystemRequest {
  /** `FS_TYPE`. */
  readonly type: string;
  /** `--root-label`; absent: by type. */
  readonly label?: string;
  /** `--mkfs-options`, split as given. */
  readonly mkfsOptions: string;
  /** `DIB_JOURNAL_SIZE`, MiB. */
  readonly journalSizeMib?: number;
  /** `--max-online-resize`, file system blocks. */
  readonly maximumOnlineResizeBlocks?: number;
}

/** The `break` variables. */
export interface BreakPoints {
  /** `before-<phase>`, `after-<phase>`, `after-error`. */
  readonly names: readonly string[];
  /** `break_cmd`; default `bash`. */
  readonly command?: string;
  /** `break_outside_target`. */
  readonly isOutsideTarget: boolean;
}
