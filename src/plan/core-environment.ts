import { libDirectory } from '../base/assets.js';
import type { ElementSet } from '../model/element.js';
import type { BuildRequest } from '../model/request.js';
import { workspace } from '../model/workspace.js';

/** What {@link coreEnvironment} needs. */
export interface CoreEnvironmentOptions {
  readonly request: BuildRequest;
  readonly elementSet: ElementSet;
  /** `DIB_PYTHON_EXEC` when the caller has set none. */
  readonly pythonPath: string;
  /** `BASH_FUNC_…%%` variables and the two `IMAGE_ELEMENT` texts, from `elements/`. */
  readonly elementVariables: Readonly<Record<string, string>>;
  /** From the layout; absent when no disk is described. */
  readonly layoutVariables: Readonly<Record<string, string>>;
  /** Directories searched before the caller's PATH (the sudo stand-in) and after it (our commands). */
  readonly pathBefore: readonly string[];
  readonly pathAfter: readonly string[];
  /** Masks secrets in a text: `DIB_ENV` and `DIB_ARGS` end up in images. */
  readonly redact: (text: string) => string;
}

/**
 * Variables that every host hook starts with, before any environment file is sourced: the caller's, then the
 * engine's. `TARGET_ROOT` is not among them, it belongs to two phases only.
 */
export function coreEnvironment(options: CoreEnvironmentOptions): Readonly<Record<string, string>> {
  const { request } = options;
  const caller = request.callerEnvironment;
  return {
    ...withoutUndefined({
      ...caller,
      _LIB: libDirectory,
      DIB_PYTHON_EXEC: caller.DIB_PYTHON_EXEC || options.pythonPath,
      LC_ALL: 'C',
      DIB_ARGS: options.redact(request.commandLine),
      DIB_ENV: options.redact(dibVariables(request)),
      ARCH: request.architecture,
      IMAGE_NAME: request.imageName,
      IMAGE_TYPE: caller.IMAGE_TYPE ?? 'qcow2',
      FS_TYPE: request.rootFileSystem.type,
      ELEMENTS_PATH: request.elementDirectories.join(':'),
      DIB_DEBUG_TRACE: String(request.traceLevel),
      DIB_IMAGE_CACHE: request.cacheDirectory,
      DIB_LOCKFILES: request.lockDirectory,
      DIB_OFFLINE: request.isOffline ? '1' : '',
      DIB_CHECKSUM: caller.DIB_CHECKSUM ?? (request.checksums.length > 0 ? '1' : '0'),
      DIB_NO_TMPFS: request.isTmpfsRefused ? '1' : '0',
      DIB_MIN_TMPFS: String(request.minimumTmpfsGib),
      DIB_DEFAULT_INSTALLTYPE: caller.DIB_DEFAULT_INSTALLTYPE,
      TMP_BUILD_DIR: workspace.buildDirectory,
      TMP_IMAGE_DIR: workspace.imageDirectory,
      TMP_HOOKS_PATH: workspace.stagingDirectory,
      TMP_MOUNT_PATH: workspace.treeDirectory,
      OUT_IMAGE_PATH: '',
      TMPDIR: workspace.temporaryDirectory,
      DIB_BLOCK_DEVICE_PARAMS_YAML: `${workspace.buildDirectory}/block-device/params.yaml`,
      PATH: hostPath(options, caller.PATH ?? ''),
    }),
    ...options.elementVariables,
    ...options.layoutVariables,
  };
}

/** Variables that sudo has always taken away on the way into the chroot, and those that lead to host paths. */
const strippedInTarget =
  /^(BASH_FUNC_.*|PS4|PYTHONPATH|PYTHONHOME|LD_.*|BASH_ENV|ENV|SHELLOPTS|BASHOPTS|CDPATH|IFS|PERL5LIB|PERL5OPT|PERLLIB|RUBYLIB|RUBYOPT|GLOBIGNORE|TMPDIR|TMP|TEMP|TMP_DIR|VIRTUAL_ENV|XDG_.*|NODE_.*|npm_.*|SUDO_.*|MAIL)$/;

/** The same variables as hooks inside the chroot see them: a clean PATH, root's home, nothing that leads to the host. */
export function targetEnvironment(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept = Object.entries(environment).filter(([name]) => !strippedInTarget.test(name));
  return {
    ...Object.fromEntries(kept),
    HOME: '/root',
    USER: 'root',
    LOGNAME: 'root',
    SHELL: '/bin/bash',
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  };
}

/** `DIB_ENV`: the caller's `DIB_` variables as a shell would declare them. */
function dibVariables(request: BuildRequest): string {
  return Object.entries({ ...request.callerEnvironment, DIB_ARGS: request.commandLine })
    .filter(([name]) => name.startsWith('DIB_') && name !== 'DIB_ENV')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `declare -x ${name}="${value.replace(/["\\$`]/g, '\\$&')}"`)
    .join('\n');
}

function hostPath(options: CoreEnvironmentOptions, callerPath: string): string {
  const system = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  const directories = [
    ...options.pathBefore,
    ...callerPath.split(':').filter((entry) => entry !== ''),
    ...system,
    ...options.pathAfter,
  ];
  return [...new Set(directories)].join(':');
}

function withoutUndefined(record: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
