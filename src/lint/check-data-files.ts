import { LineCounter, parseAllDocuments } from 'yaml';
import { faultsOf } from '../base/build-error.js';
import { parseLayout } from '../layout/parse-layout.js';
import { reportFaults } from './fault-report.js';
import { findJsonFault } from './json-fault.js';
import type { LintFile } from './lint-file.js';
import type { LintElement } from './read-element.js';
import type { Reporter } from './report.js';

/** YAML and JSON files, and the disks that block-device files describe. */
export function checkDataFiles(element: LintElement, report: Reporter): void {
  for (const file of element.files) {
    if (file.text === undefined) continue;
    // The readers of these report their syntax too.
    const isReadElsewhere = /^package-installs\.(yaml|json)$/.test(file.relativePath);
    if (file.relativePath.endsWith('.yaml') || file.relativePath.endsWith('.yml'))
      checkYaml(file, file.text, isReadElsewhere, report);
    else if (file.relativePath.endsWith('.json') && !isReadElsewhere) checkJson(file, file.text, report);
    if (/^block-device-[^/]*\.yaml$/.test(file.relativePath)) checkLayout(element, file, file.text, report);
  }
}

function checkYaml(file: LintFile, text: string, areErrorsKnown: boolean, report: Reporter): void {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { version: '1.1', lineCounter, prettyErrors: false });
  const errors = Array.isArray(documents) ? documents.flatMap((document) => document.errors) : [];
  const [first] = errors.filter((error) => error.code !== 'DUPLICATE_KEY');
  if (first !== undefined && !areErrorsKnown)
    report({ check: 'yaml', file, message: `not valid YAML: ${first.message}`, ...placeIn(lineCounter, first.pos[0]) });
  for (const error of errors)
    if (error.code === 'DUPLICATE_KEY')
      report({
        check: 'yaml-key',
        file,
        message: 'the key stands twice in its map; the last one counts',
        ...placeIn(lineCounter, error.pos[0]),
      });
}

function checkJson(file: LintFile, text: string, report: Reporter): void {
  const fault = findJsonFault(text);
  if (fault !== undefined)
    report({ check: 'json', file, message: `not valid JSON: ${fault.reason}`, offset: fault.offset });
}

function checkLayout(element: LintElement, file: LintFile, text: string, report: Reporter): void {
  try {
    parseLayout({ text, origin: file.absolutePath, defaults: { rootFileSystemType: 'ext4' } });
  } catch (error) {
    const faults = faultsOf(error);
    if (faults.length === 0) throw error;
    reportFaults({
      faults,
      element,
      fileName: file.relativePath,
      checkOf: (fault) => (fault.code === 'YAML_INVALID' ? 'yaml' : 'block-device'),
      report,
    });
  }
}

function placeIn(lineCounter: LineCounter, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = lineCounter.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}
