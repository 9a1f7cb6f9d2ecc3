import type { BuildRequest } from '../model/request.js';
import { absolutePath } from './absolute-path.js';
import { type BuildOptionName, cacheModes, logFormats } from './build-option-table.js';
import type { CommandStart } from './command-start.js';
import { checkElementNames, orderRequestedElements } from './requested-elements.js';
import { readFormats } from './requested-formats.js';
import { readChoice, readInteger, readNumber, type Setting, type Settings } from './settings.js';
import {
  checkWord,
  isZeroOrUnset,
  optional,
  readBlockDeviceConfig,
  readBreakPoints,
  readChecksums,
  readElementDirectories,
  readImageName,
  readSectorSize,
} from './special-settings.js';

/** What a request is read from. */
export interface Reading {
  readonly start: CommandStart;
  readonly environment: Readonly<Record<string, string>>;
  readonly settings: Settings;
  readonly operands: readonly string[];
}

/** Reads a whole request; faults are collected in the settings, and the request is of use only without any. */
export function readBuildRequest(reading: Reading): BuildRequest {
  const { start, environment, settings } = reading;
  const mode = start.programName === 'ramdisk-image-create' ? 'ramdisk' : 'disk';
  const architecture = settings.get('architecture', 'ARCH')?.text ?? start.hostArchitecture;
  const ramdiskElement = settings.get('ramdiskElement', 'RAMDISK_ELEMENT')?.text ?? 'ramdisk';
  const path = (option: BuildOptionName, fallback: string): string =>
    absolutePath(settings.get(option)?.text ?? fallback, start);
  const formatSetting = settings.get('formats');
  const formats = formatSetting === undefined && mode === 'disk' ? ['qcow2'] : readFormats(settings, formatSetting);
  const imageName = readImageName(settings, formats);
  const dockerTarget = settings.get('dockerTarget')?.text;
  if (formats.includes('docker') && !dockerTarget)
    settings.add({
      code: 'USAGE',
      message: 'format docker needs the name of the container image',
      hint: 'give --docker-target REPOSITORY[:TAG]',
    });
  const logPath = settings.get('logPath')?.text;
  const quiet = settings.variable('DIB_QUIET') || (logPath ? '1' : '0');
  const mkfsOptions = settings.get('mkfsOptions', 'MKFS_OPTS')?.text ?? '';
  const cacheVariable = settings.get(undefined, 'DIB_IMAGE_CACHE')?.text ?? '~/.cache/image-create';
  const manifest = settings.variable('ACI_MANIFEST');

  const request: Omit<BuildRequest, 'callerEnvironment'> = {
    mode,
    elements: readElements(reading, { mode, architecture, ramdiskElement }),
    elementDirectories: readElementDirectories(settings, start),
    architecture: checkWord(settings, 'architecture', 'ARCH', architecture),
    imageName,
    imagePath: absolutePath(imageName, start),
    formats,
    packages: settings.all('packages').flatMap((list) => list.split(/[\s,]+/).filter((name) => name !== '')),
    compress: settings.count('uncompressed') === 0,
    traceLevel:
      (readInteger(settings, settings.get(undefined, 'DIB_DEBUG_TRACE'), { what: 'a trace level', minimum: 0 }) ?? 0) +
      settings.count('trace'),
    checksums: readChecksums(settings),
    ...optional('logPath', logPath ? absolutePath(logPath, start) : undefined),
    isQuiet: quiet !== '0',
    hasTimestamps: isZeroOrUnset(settings.variable('DIB_NO_TIMESTAMP')),
    logFormat: readChoice(settings, settings.get('logFormat', 'DIB_LOG_FORMAT'), logFormats) ?? 'auto',
    cacheDirectory: path('cacheDirectory', cacheVariable),
    lockDirectory: absolutePath(settings.variable('DIB_LOCKFILES') || '~/.cache/dib/lockfiles', start),
    temporaryDirectory: absolutePath(settings.variable('TMPDIR') || settings.variable('TMP_DIR') || '/tmp', start),
    isTmpfsRefused:
      settings.count('noTmpfs') > 0 ||
      (settings.variable('DIB_NO_TMPFS') || '0') !== '0' ||
      (settings.variable('GENTOO_PROFILE') ?? '').includes('hardened'),
    minimumTmpfsGib:
      readInteger(settings, settings.get('minimumTmpfs', 'DIB_MIN_TMPFS'), { what: 'a size in GiB', minimum: 0 }) ?? 2,
    isOffline: settings.count('offline') > 0 || Boolean(settings.variable('DIB_OFFLINE')),
    size: {
      ...optional('imageSizeGib', readNumber(settings, settings.get('imageSize', 'DIB_IMAGE_SIZE'), 'GiB')),
      ...optional('extraSizeMib', readNumber(settings, settings.get('extraSize', 'DIB_IMAGE_EXTRA_SIZE'), 'MiB')),
    },
    rootFileSystem: {
      type: settings.variable('FS_TYPE') || 'ext4',
      ...optional('label', settings.get('rootLabel', 'ROOT_LABEL')?.text || undefined),
      mkfsOptions,
      ...optional(
        'journalSizeMib',
        readInteger(settings, settings.get('journalSize', 'DIB_JOURNAL_SIZE'), { what: 'a size in MiB', minimum: 1 }),
      ),
      ...optional(
        'maximumOnlineResizeBlocks',
        readInteger(settings, settings.get('maximumOnlineResize', 'MAX_ONLINE_RESIZE'), {
          what: 'a count of blocks',
          minimum: 1,
        }),
      ),
    },
    ...optional('blockDeviceConfig', readBlockDeviceConfig(settings, start)),
    ...optional('sectorSizeBytes', readSectorSize(settings)),
    ...optional('diskMode', readChoice(settings, settings.get(undefined, 'DIB_DISK_MODE'), ['files', 'loop'] as const)),
    installType: checkWord(
      settings,
      'installType',
      'DIB_DEFAULT_INSTALLTYPE',
      settings.get('installType', 'DIB_DEFAULT_INSTALLTYPE')?.text ?? 'source',
    ),
    ...optional('qemuImgOptions', settings.get('qemuImgOptions', 'QEMU_IMG_OPTIONS')?.text || undefined),
    ...optional('dockerTarget', dockerTarget || undefined),
    ...optional('aciManifestPath', manifest ? absolutePath(manifest, start) : undefined),
    gzipProgram: settings.variable('DIB_GZIP_BIN') || 'gzip',
    overwritesOldImage: !isZeroOrUnset(settings.variable('OVERWRITE_OLD_IMAGE')),
    usageReport: !isZeroOrUnset(settings.variable('DIB_SHOW_IMAGE_USAGE_FULL'))
      ? 'full'
      : !isZeroOrUnset(settings.variable('DIB_SHOW_IMAGE_USAGE'))
        ? 'large'
        : 'none',
    breakPoints: readBreakPoints(settings),
    hookNamePattern: settings.variable('RUN_PARTS_REGEX') || '^[0-9A-Za-z_-]+$',
    cacheMode: readChoice(settings, settings.get('cacheMode', 'DIB_CACHE_MODE'), cacheModes) ?? 'on',
    ...optional(
      'maximumJobs',
      readInteger(settings, settings.get('maximumJobs', 'DIB_JOBS'), { what: 'a count of jobs', minimum: 1 }),
    ),
    ...optional(
      'sourceDateEpochSeconds',
      readInteger(settings, settings.get(undefined, 'SOURCE_DATE_EPOCH'), { what: 'seconds since 1970', minimum: 0 }),
    ),
    workingDirectory: start.workingDirectory,
    commandLine: start.arguments.join(' '),
  };
  return {
    ...request,
    callerEnvironment: {
      ...environment,
      ...variablesOfFlags(settings, request),
      ...(mode === 'ramdisk' ? { RAMDISK_ELEMENT: ramdiskElement } : {}),
    },
  };
}

function readElements(
  { settings, operands }: Reading,
  known: { readonly mode: 'disk' | 'ramdisk'; readonly architecture: string; readonly ramdiskElement: string },
): string[] {
  const fromEnvironment = (settings.variable('IMAGE_ELEMENT') ?? '').split(/\s+/).filter((name) => name !== '');
  if (fromEnvironment.length + operands.length === 0)
    settings.add({
      code: 'USAGE',
      message: 'no elements were given',
      hint: 'name at least an operating system, for example debian-minimal; see --help',
    });
  for (const fault of checkElementNames([...fromEnvironment, ...operands, known.ramdiskElement]))
    settings.add({ code: fault.code, message: fault.message, ...optional('hint', fault.hint) });
  return orderRequestedElements({
    ...known,
    fromEnvironment,
    fromCommandLine: operands,
    isBaseSkipped: settings.count('skipBase') > 0 || settings.variable('SKIP_BASE') === '1',
  });
}

function variablesOfFlags(
  settings: Settings,
  request: Omit<BuildRequest, 'callerEnvironment'>,
): Record<string, string> {
  const fixed: readonly (readonly [BuildOptionName, string, string])[] = [
    ['uncompressed', 'COMPRESS_IMAGE', ''],
    ['skipBase', 'SKIP_BASE', '1'],
    ['checksum', 'DIB_CHECKSUM', '1'],
    ['noTmpfs', 'DIB_NO_TMPFS', '1'],
    ['offline', 'DIB_OFFLINE', '1'],
  ];
  const valued: readonly (readonly [BuildOptionName, string])[] = [
    ['imageSize', 'DIB_IMAGE_SIZE'],
    ['extraSize', 'DIB_IMAGE_EXTRA_SIZE'],
    ['maximumOnlineResize', 'MAX_ONLINE_RESIZE'],
    ['journalSize', 'DIB_JOURNAL_SIZE'],
    ['minimumTmpfs', 'DIB_MIN_TMPFS'],
    ['dockerTarget', 'DOCKER_TARGET'],
  ];
  return Object.fromEntries([
    ...fixed.filter(([option]) => settings.count(option) > 0).map(([, name, value]) => [name, value] as const),
    ...valued
      .filter(([option]) => settings.count(option) > 0)
      .map(([option, name]) => [name, (settings.get(option) as Setting).text] as const),
    ...(request.logPath === undefined ? [] : [['LOGFILE', request.logPath] as const]),
  ]);
}
