import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { builtinElementsDirectory, libDirectory } from '../../base/assets.js';
import { BuildError, hasErrorCode, throwFaults } from '../../base/build-error.js';
import { hintNearName } from '../../base/near-name.js';
import type { CheckName, Severity } from '../../lint/check-table.js';
import type { LintOptions } from '../../lint/lint-elements.js';
import { phases } from '../../model/phase.js';
import type { Ports } from '../../model/ports.js';
import type { Invocation } from '../command-row.js';
import { elementDirectoriesOf } from '../element-directories.js';
import { parseCommandLine } from '../parse-command-line.js';
import { readVersion } from '../read-version.js';
import { showHelp } from '../show-help.js';
import type { World } from '../world.js';

const formats = ['text', 'json', 'sarif'] as const;

/** `dib lint [PATH…]`: faults of elements, with places; exit status 1 when there are errors. */
export async function runLint(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 0 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const { renderChecks, renderJson, renderSarif, renderText } = await import('../../lint/render-findings.js');
  if (line.has('listChecks')) {
    world.writeOut(renderChecks());
    return 0;
  }
  const format = line.value('format') ?? 'text';
  const failOn = line.value('failOn') ?? 'error';
  const faults = [...oneOf('--format', format, formats), ...oneOf('--fail-on', failOn, ['error', 'warning'])];
  const severities = await readSeverities(line.values('severity'), faults);
  throwFaults(faults);
  const { lintElements } = await import('../../lint/lint-elements.js');
  const result = await lintElements({
    ...targetsOf(line.operands, world),
    severities: new Map([...(await projectSeverities(world)), ...severities]),
    ...(await portsFor(world)),
  });
  world.writeOut(
    format === 'json'
      ? renderJson(result)
      : format === 'sarif'
        ? renderSarif(result, readVersion())
        : renderText(result),
  );
  const isBad = result.findings.some((finding) => failOn === 'warning' || finding.severity === 'error');
  return isBad ? 1 : 0;
}

/** `dib-lint`: what it always did in the root of a checkout; `ELEMENTS_DIR` and `LIB_DIR` say where to look. */
export async function runDibLint(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 0, maximum: 0 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const [{ lintElements }, { renderClassic }] = await Promise.all([
    import('../../lint/lint-elements.js'),
    import('../../lint/render-findings.js'),
  ]);
  const elementsDirectory = resolve(
    world.workingDirectory,
    world.environment.ELEMENTS_DIR ||
      firstDirectory(world, ['diskimage_builder/elements', 'elements', 'assets/elements']),
  );
  const libraryDirectory = resolve(
    world.workingDirectory,
    world.environment.LIB_DIR || firstDirectory(world, ['diskimage_builder/lib', 'lib', 'assets/lib']),
  );
  const hasLibrary = isDirectory(libraryDirectory);
  const result = await lintElements({
    elementDirectories: [elementsDirectory],
    otherElementDirectories: elementDirectoriesOf(world),
    libraryDirectory: hasLibrary ? libraryDirectory : libDirectory,
    isLibraryChecked: hasLibrary,
    severities: await projectSeverities(world),
    ...(await portsFor(world)),
  });
  const { text, hasFailed } = renderClassic(result);
  world.writeOut(text);
  return hasFailed ? 1 : 0;
}

/** What is looked at: elements and directories of elements that are named, else those of the working directory. */
function targetsOf(
  operands: readonly string[],
  world: World,
): Pick<
  LintOptions,
  'elementDirectories' | 'elements' | 'otherElementDirectories' | 'libraryDirectory' | 'isLibraryChecked'
> {
  const others = elementDirectoriesOf(world);
  const named = operands.map((operand) => resolve(world.workingDirectory, operand));
  for (const path of named)
    if (!isDirectory(path))
      throw new BuildError({
        code: 'ELEMENT_DIRECTORY_INVALID',
        message: `"${path}" is not a directory`,
        hint: 'name an element, or a directory of elements',
      });
  const fallback = defaultDirectories(world);
  const wanted = named.length > 0 ? named : fallback;
  const elements = wanted.filter(isElement);
  const directories = wanted.filter((path) => !isElement(path));
  const isBuiltin = directories.includes(builtinElementsDirectory);
  return {
    elementDirectories: directories,
    elements,
    otherElementDirectories: [...new Set([...elements.map((path) => dirname(path)), ...others])],
    libraryDirectory: libDirectory,
    isLibraryChecked: isBuiltin,
  };
}

function defaultDirectories(world: World): readonly string[] {
  const { ELEMENTS_DIR, ELEMENTS_PATH } = world.environment;
  if (ELEMENTS_DIR) return [resolve(world.workingDirectory, ELEMENTS_DIR)];
  if (ELEMENTS_PATH) return ELEMENTS_PATH.split(':').map((path) => resolve(world.workingDirectory, path));
  const below = ['diskimage_builder/elements', 'elements']
    .map((path) => join(world.workingDirectory, path))
    .find(isDirectory);
  return [below ?? builtinElementsDirectory];
}

/** Whether a directory is an element rather than a directory of elements. */
function isElement(path: string): boolean {
  const files = ['element-deps', 'element-provides', 'package-installs.yaml', 'pkg-map', 'svc-map', 'README.rst'];
  // A directory of elements may hold one that is called pkg-map.
  if (files.some((name) => existsSync(join(path, name)) && !isDirectory(join(path, name)))) return true;
  return ['environment', ...phases].some((name) => isDirectory(join(path, `${name}.d`)));
}

async function projectSeverities(world: World): Promise<ReadonlyMap<CheckName, 'off'>> {
  const [{ readIgnoreOption }, { isCheckName }] = await Promise.all([
    import('../../lint/read-ignore-option.js'),
    import('../../lint/check-table.js'),
  ]);
  try {
    const words = readIgnoreOption(readFileSync(join(world.workingDirectory, 'tox.ini'), 'utf8'));
    return new Map(words.filter(isCheckName).map((name) => [name, 'off'] as const));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'EISDIR')) return new Map();
    throw error;
  }
}

/** `CHECK=error|warning|off`, the last one of a check counts. */
async function readSeverities(
  words: readonly string[],
  faults: BuildError[],
): Promise<ReadonlyMap<CheckName, Severity | 'off'>> {
  const { checkNames, isCheckName } = await import('../../lint/check-table.js');
  const severities = new Map<CheckName, Severity | 'off'>();
  for (const word of words.flatMap((value) => value.split(','))) {
    const [name = '', severity = ''] = word.split('=');
    if (!isCheckName(name))
      faults.push(
        new BuildError({
          code: 'USAGE',
          message: `no check is called "${name}"`,
          hint: hintNearName(name, checkNames) ?? 'see --list-checks',
        }),
      );
    else if (severity !== 'error' && severity !== 'warning' && severity !== 'off')
      faults.push(
        new BuildError({
          code: 'USAGE',
          message: `"${word}" gives no severity`,
          hint: `${name}=error, ${name}=warning or ${name}=off`,
        }),
      );
    else severities.set(name, severity);
  }
  return severities;
}

function oneOf(option: string, value: string, allowed: readonly string[]): BuildError[] {
  if (allowed.includes(value)) return [];
  return [
    new BuildError({
      code: 'USAGE',
      message: `${option} "${value}" is none of ${allowed.join(', ')}`,
      ...(hintNearName(value, allowed) === undefined ? {} : { hint: hintNearName(value, allowed) ?? '' }),
    }),
  ];
}

/** Git and Python are asked through the ports; both may be missing. */
async function portsFor(world: World): Promise<Pick<LintOptions, 'showPath' | 'findIgnored' | 'checkPython'>> {
  const [{ findIgnored }, { checkPython }] = await Promise.all([
    import('../../lint/find-ignored.js'),
    import('../../lint/check-python.js'),
  ]);
  let opened: Promise<Ports> | undefined;
  const ports = (): Promise<Ports> => {
    opened ??= world.openPorts();
    return opened;
  };
  return {
    showPath: (path) => {
      const shown = relative(world.workingDirectory, path);
      return shown.startsWith('..') || shown === '' ? path : shown;
    },
    findIgnored: async (paths) => findIgnored((await ports()).programs, paths),
    checkPython: async (files, report) => checkPython((await ports()).programs, files, report),
  };
}

function firstDirectory(world: World, candidates: readonly string[]): string {
  return candidates.find((path) => isDirectory(join(world.workingDirectory, path))) ?? candidates[0] ?? '.';
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return false;
    throw new BuildError({ code: 'FILE_UNREADABLE', message: `"${basename(path)}" cannot be read`, cause: error });
  }
}
