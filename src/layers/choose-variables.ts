import { digestOf } from '../base/digest.js';

/**
 * Variables that only elements and the engine read: `DIB_` and those that the engine sets. They count where a text
 * names them. Any other variable may be read by any program of the tree, so it always counts.
 */
const namedOnly =
  /^(DIB_\w+|_LIB|IMAGE_NAME|IMAGE_TYPE|IMAGE_ELEMENT|IMAGE_ELEMENT_YAML|ELEMENTS_PATH|TMP_BUILD_DIR|TMP_IMAGE_DIR|TMP_HOOKS_PATH|TMP_MOUNT_PATH|OUT_IMAGE_PATH|FS_TYPE|IMAGE_BLOCK_DEVICES?|RAMDISK_ELEMENT|SKIP_BASE|CLEAR_ENV|COMPRESS_IMAGE|DOCKER_TARGET|LOGFILE|MAX_ONLINE_RESIZE|RUN_PARTS_REGEX|OVERWRITE_OLD_IMAGE|ACI_MANIFEST|QEMU_IMG_OPTIONS|MKFS_OPTS|ROOT_LABEL)$/;

/**
 * Variables that never count, with the reason:
 * those of a terminal, a login session or a shell's own bookkeeping differ from call to call by nature;
 * `DIB_DEBUG_TRACE`, `DIB_QUIET` and `DIB_NO_TIMESTAMP` change what is said, not what is made;
 * `DIB_OFFLINE`, `DIB_CACHE_…` and `break…` choose how results are reached, not which.
 */
const neverCounts =
  /^(_|PWD|OLDPWD|SHLVL|TERM|TERM_\w+|COLORTERM|COLUMNS|LINES|WINDOWID|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|LS_COLORS|LSCOLORS|LESS\w*|PAGER|EDITOR|VISUAL|PS[0-4]|PROMPT_COMMAND|HIST\w*|TMUX\w*|STY|SSH_\w+|GPG_\w+|DBUS_\w+|DESKTOP_SESSION|SESSION_MANAGER|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID|MANAGERPID|MEMORY_PRESSURE_\w+|LISTEN_\w+|NOTIFY_SOCKET|VTE_VERSION|DIB_DEBUG_TRACE|DIB_QUIET|DIB_NO_TIMESTAMP|DIB_OFFLINE|DIB_CACHE_\w+|DIB_JOBS|break|break_cmd|break_outside_target)$/;

/**
 * Variables of build services, new in every run. They count only where a text names them; as programs of a
 * distribution do not read them, that is enough.
 */
const ofBuildServices =
  /^(CI|CI_\w+|GITHUB_\w+|RUNNER_\w+|ACTIONS_\w+|GITLAB_\w+|BUILD_\w+|JENKINS_\w+|HUDSON_\w+|JOB_\w+|EXECUTOR_NUMBER|NODE_NAME|RUN_\w+|STAGE_\w+|WORKSPACE\w*|ZUUL_\w+|TRAVIS\w*|CIRCLE\w*|BUILDKITE\w*|DRONE\w*|TEAMCITY\w*|AGENT_\w+|SYSTEM_\w+|BITBUCKET\w*)$/;

/**
 * The command line, and a text that repeats all of `DIB_`: a computed name does not lead there, only their own names
 * or a print of everything.
 */
const repeatsOthers = /^DIB_(ARGS|ENV)$/;

/** What {@link chooseVariables} decides from. */
export interface ChooseVariablesOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** Whether a text that may be executed names the variable. */
  readonly isNamed: (name: string) => boolean;
  /** A text that may be executed reads variables by computed names. */
  readonly isDynamic: boolean;
  /** A text that may be executed prints all variables. */
  readonly isPrinted: boolean;
  /** Only named ones count: for hooks that declared what they read. */
  readonly isNamedOnly: boolean;
  /** Names that do not count for these hooks, as they declared. */
  readonly placeVariables: readonly string[];
  /** Joined to each value before the digest, so that short secrets cannot be guessed from it. */
  readonly salt: string;
}

/** The variables that hooks may have read, each with a digest of its value. */
export function chooseVariables(options: ChooseVariablesOptions): Readonly<Record<string, string>> {
  const { environment, isNamed, isDynamic, isPrinted, isNamedOnly, placeVariables, salt } = options;
  const chosen: Record<string, string> = {};
  for (const name of Object.keys(environment).sort()) {
    if (neverCounts.test(name) || placeVariables.includes(name)) continue;
    const mustBeNamed = isNamedOnly || namedOnly.test(name) || ofBuildServices.test(name);
    const isReached = repeatsOthers.test(name) ? isPrinted : isDynamic;
    if (mustBeNamed && !isReached && !isNamed(name)) continue;
    chosen[name] = digestOfVariable(name, environment[name] ?? '', salt);
  }
  return chosen;
}

/** Digest of a variable's value. */
export function digestOfVariable(name: string, value: string, salt: string): string {
  return digestOf(`${salt}\0${name}\0${value}`).slice(0, 32);
}

/** Variables that say nothing of the result. */
export function isVariableIgnored(name: string): boolean {
  return neverCounts.test(name);
}

/** Variables of build services, which count only where something reads them. */
export function isVariableOfBuildService(name: string): boolean {
  return ofBuildServices.test(name);
}
