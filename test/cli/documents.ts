import { errorCodeTable } from '../../src/base/error-code-table.js';
import { formatTable } from '../../src/base/format-table.js';
import type { CommandRow } from '../../src/cli/command-row.js';
import { exitStatusTable } from '../../src/cli/exit-status-table.js';
import { planOptionRows, programTable, subcommandTable } from '../../src/cli/program-table.js';
import { spellOption } from '../../src/cli/render-help.js';
import { buildOptionRows, type OptionRow } from '../../src/request/build-option-table.js';
import { hookVariableTable, inputVariableTable } from '../../src/request/environment-variable-table.js';
import { makeImageJsonSchema } from '../../src/request/image-definition-schema.js';

/** The reference pages that are made from the tables, by file name in `docs/`. */
export function renderDocuments(): Readonly<Record<string, string>> {
  return {
    'environment.md': environmentDocument(),
    'commands.md': commandDocument(),
    'exit-codes.md': exitCodeDocument(),
    'errors.md': errorDocument(),
  };
}

function environmentDocument(): string {
  return page('Environment variables', [
    'Read by `disk-image-create`, `ramdisk-image-create`, `dib build` and `dib plan`. A flag of the same meaning wins over the variable. An empty variable counts as unset. Elements read more variables; their READMEs name them.',
    '`diskimage-builder` hands them on too; the key `environment` of an image wins over the caller’s.',
    '## What you can set',
    table(
      ['Variable', 'Default', 'Meaning', 'Example'],
      inputVariableTable.map((row) => [
        code(row.name),
        row.default,
        row.meaning,
        code(`${row.name}=${quoteExample(row.example)}`),
      ]),
    ),
    'Set for hooks by flags only, and not read: `COMPRESS_IMAGE` (`-u`), `LOGFILE` (`--logfile`), `DOCKER_TARGET` (`--docker-target`).',
    '## What hooks see',
    'Everything of the caller’s environment, and:',
    table(
      ['Variable', 'From', 'Meaning'],
      hookVariableTable.map((row) => [code(row.name), row.from, row.meaning]),
    ),
    'Inside the chroot `PATH` is `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`, `HOME` is `/root`, `USER` and `LOGNAME` are `root`; exported functions and variables that lead to places of the host, such as `TMPDIR`, are taken away.',
  ]);
}

function commandDocument(): string {
  return page('Commands', [
    'Options and operands may be mixed; `--` ends the options. A long option may be shortened to a beginning that no other option has, and takes its value after a blank or after `=`. Short flags may be bundled (`-xx`, `-nu`). With `POSIXLY_CORRECT` set, options end at the first operand.',
    ...programTable.flatMap((row) => commandSection(row.name, row)),
    '### Keys of image YAML',
    'Each file is a YAML list of images, version 1.1 (`yes` and `no` are booleans). An image without `imagename` adds to the one before it; images of the same name are merged into the first: lists append, maps are updated key by key, other values replace. `assets/schema/image.schema.json` is the JSON Schema for editors.',
    table(['Key', 'Meaning'], imageKeys()),
    '## dib',
    table(
      ['Subcommand', 'Meaning'],
      subcommandTable.map((row) => [code(`dib ${row.name}`), row.summary]),
    ),
    ...subcommandTable.flatMap((row) => commandSection(`dib ${row.name}`, row)),
    '## Output formats',
    table(
      ['Format', 'File', 'Meaning'],
      formatTable.map((format) => [code(format.name), code(`NAME.${format.extension}`), format.meaning]),
    ),
  ]);
}

function commandSection(name: string, row: CommandRow): readonly string[] {
  const hasBuildOptions = row.options.includes(buildOptionRows[0] as OptionRow);
  const isReference = name === 'disk-image-create';
  const shown =
    hasBuildOptions && !isReference ? planOptionRows.filter((option) => row.options.includes(option)) : row.options;
  return [
    `## ${name}`,
    row.summary,
    ['```', [name, ...(row.options.length > 0 ? ['[OPTION…]'] : []), row.operands].join(' ').trimEnd(), '```'].join(
      '\n',
    ),
    ...(hasBuildOptions && !isReference ? ['Takes the options of [disk-image-create](#disk-image-create).'] : []),
    ...(shown.length > 0
      ? [
          table(
            ['Option', 'Variable', 'Meaning'],
            shown.map((option) => [
              code(spellOption(option)),
              option.variable === undefined ? '' : code(option.variable),
              option.help,
            ]),
          ),
        ]
      : []),
    ...(row.notes ?? []),
  ];
}

function imageKeys(): readonly (readonly string[])[] {
  const schema = makeImageJsonSchema() as {
    readonly items: { readonly properties: Readonly<Record<string, { readonly description: string }>> };
  };
  return Object.entries(schema.items.properties).map(([key, { description }]) => [code(key), description]);
}

function exitCodeDocument(): string {
  return page('Exit codes', [
    table(
      ['Status', 'Commands', 'Meaning'],
      exitStatusTable.map((row) => [row.status, row.commands, row.meaning]),
    ),
    'Where several faults are reported together, the status is that of the first. The codes of faults are listed in [errors.md](errors.md).',
  ]);
}

function errorDocument(): string {
  return page('Error codes', [
    'A fault is printed on standard error as `error CODE: message`, then, indented, where it is and what to do. Codes are stable: scripts may rely on them. What begins with `Internal error:` is a bug of ours.',
    table(
      ['Code', 'Meaning'],
      Object.entries(errorCodeTable).map(([name, meaning]) => [code(name), meaning]),
    ),
  ]);
}

function page(title: string, blocks: readonly string[]): string {
  return `${[`# ${title}`, '<!-- Made from the tables in src/: UPDATE_GENERATED=1 npm test test/cli/documents.test.ts -->', ...blocks].join('\n\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function quoteExample(text: string): string {
  return /^[\w./:,=+-]+$/.test(text) ? text : `'${text}'`;
}
