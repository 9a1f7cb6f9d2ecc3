import { makeImageJsonSchema } from '../request/image-definition-schema.js';
import { wrapText } from './render-help.js';

/** The keys of image YAML for the help of `diskimage-builder`: name and values, then the wrapped meaning. */
export function renderImageKeys(columns: number): string {
  const width = Math.max(40, Math.min(columns, 100)) - 6;
  const schema = makeImageJsonSchema() as {
    readonly items: { readonly properties: Readonly<Record<string, PropertySchema>> };
  };
  const keys = Object.entries(schema.items.properties).map(([name, property]) =>
    [
      `  ${name}: ${describeValues(property)}`,
      ...wrapText(property.description ?? '', width).map((line) => `      ${line}`),
    ].join('\n'),
  );
  return ['Each file is a YAML list of images. An image has these keys, all optional:', ...keys, ''].join('\n');
}

interface PropertySchema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly (string | number)[];
  readonly items?: PropertySchema;
}

function describeValues({ type, enum: words, items }: PropertySchema): string {
  if (words !== undefined) return words.join(' | ');
  if (type === 'array' && items !== undefined)
    return items.enum === undefined ? '[text, …]' : `[${items.enum.join(' | ')}]`;
  if (type === 'boolean') return 'true | false';
  if (type === 'integer') return 'whole number';
  return type === 'object' ? '{name: text, …}' : 'text';
}
