/**
 * Every error code, with what it means to a user. Codes are public and stable; `docs/errors.md` is made from this table.
 */
export const errorCodeTable = {
  USAGE: 'A flag, an argument or a combination of them is wrong.',
  VARIABLE_INVALID: 'An environment variable has a value that cannot be used.',
  YAML_INVALID: 'A YAML file cannot be parsed or does not fit its schema.',
  FILE_UNREADABLE: 'A file or directory that was named cannot be read.',
  ELEMENT_NOT_FOUND: 'An element that was asked for is in none of the searched directories.',
  ELEMENT_DUPLICATE_PROVIDER: 'Two elements provide the same name.',
  ELEMENT_DIRECTORY_INVALID: 'An entry of ELEMENTS_PATH is not a directory, or an element name is not a plain name.',
  OPERATING_SYSTEM_MISSING: 'No element of the build provides operating-system.',
  HOOK_DUPLICATE: 'Two elements ship a hook of the same name in the same phase.',
  HOOK_NOT_RUNNABLE: 'A hook cannot be started: no interpreter, wrong format or not executable.',
  HOOK_FAILED: 'A hook ended with an exit status other than 0.',
  COMMAND_FAILED: 'A program that the engine started failed.',
  PROGRAM_MISSING: 'A program that the build needs is not installed on the host.',
  PACKAGE_RULE_INVALID: 'A package-installs, pkg-map, svc-map or source-repository file is wrong.',
  LAYOUT_INVALID: 'The block-device configuration is wrong.',
  LAYOUT_TOO_SMALL: 'The image is too small for its partitions or for its tree.',
  FILE_SYSTEM_UNSUPPORTED: 'A file system cannot be made in user space here.',
  FORMAT_UNKNOWN: 'An output format is not known.',
  OUTPUT_UNWRITABLE: 'The output directory does not exist, is not writable or is full.',
  SPACE_MISSING: 'There is not enough space for the work.',
  SANDBOX_UNAVAILABLE: 'The namespace that the build runs in cannot be made.',
  MIRROR_FAILED: 'A package archive cannot be reached or its signature is bad.',
  CACHE_UNUSABLE: 'A directory that builds share cannot be made.',
  CACHE_CORRUPT: 'A cached entry is damaged and could not be made again.',
  LAYERS_GONE: 'Cached layers that a command needs are no longer there.',
  TREE_EMPTY: 'The root phase left no operating system in the tree.',
  INTERRUPTED: 'The build was stopped by a signal.',
} as const;

export type ErrorCode = keyof typeof errorCodeTable;
