import {
  type ItemListName,
  isPluginName,
  itemKeyTable,
  keysOf,
  type PluginKey,
  type PluginName,
  pluginKeyTable,
} from './plugin-key-table.js';

type Schema = Readonly<Record<string, unknown>>;

/** What may be nested below what; other plugins below an entry are accepted by the language but make no sense. */
const childrenOf: Readonly<Record<PluginName | 'partitions' | 'lvs', readonly PluginName[]>> = {
  local_loop: ['partitioning', 'mkfs'],
  partitioning: [],
  lvm: [],
  mkfs: ['mount'],
  mount: ['fstab'],
  fstab: [],
  partitions: ['mkfs'],
  lvs: ['mkfs'],
};

/** The JSON Schema of the block-device language, for editors; `assets/schema/block-device.schema.json` is its text. */
export function blockDeviceSchema(): Schema {
  const plugins = Object.keys(pluginKeyTable).filter(isPluginName);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Block-device layout of diskimage-builder',
    description: 'A list of entries with one plugin each. Entries may be nested (tree) or joined by base (graph).',
    type: 'array',
    items: {
      type: 'object',
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: false,
      properties: Object.fromEntries(plugins.map((plugin) => [plugin, reference(plugin)])),
    },
    $defs: {
      ...Object.fromEntries(plugins.map((plugin) => [plugin, pluginSchema(plugin)])),
      ...Object.fromEntries(
        (Object.keys(itemKeyTable) as ItemListName[]).map((list) => [`${list}_item`, itemSchema(list)]),
      ),
      size: sizeSchema('^[0-9.]* ?(TiB|TB|T|GiB|GB|G|MiB|MB|M|KiB|KB|K|B)?$|^[0-9.]+ ?%$'),
      absolute_size: sizeSchema('^[0-9.]* ?(TiB|TB|T|GiB|GB|G|MiB|MB|M|KiB|KB|K|B)?$'),
      word: { type: ['string', 'number', 'boolean'] },
    },
  };
}

/** The text that is checked in. */
export function blockDeviceSchemaText(): string {
  return `${JSON.stringify(blockDeviceSchema(), undefined, 2)}\n`;
}

function pluginSchema(plugin: PluginName): Schema {
  return objectSchema(keysOf(plugin), childrenOf[plugin]);
}

function itemSchema(list: ItemListName): Schema {
  const children = list === 'partitions' || list === 'lvs' ? childrenOf[list] : [];
  return objectSchema(keysOf(list), children);
}

function objectSchema(keys: Readonly<Record<string, PluginKey>>, children: readonly PluginName[]): Schema {
  const required = Object.entries(keys).filter(([, key]) => key.isRequired === true);
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required: required.map(([name]) => name) }),
    properties: {
      ...Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, keySchema(name, key)])),
      ...Object.fromEntries(children.map((child) => [child, reference(child)])),
    },
  };
}

function keySchema(name: string, key: PluginKey): Schema {
  return { description: key.about, ...valueSchema(name, key) };
}

function valueSchema(name: string, key: PluginKey): Schema {
  switch (key.takes) {
    case 'text':
      return key.oneOf === undefined ? reference('word') : { enum: key.oneOf };
    case 'size':
      return reference('size');
    case 'absolute-size':
      return reference('absolute_size');
    case 'integer':
      return { type: 'integer', minimum: 0 };
    case 'names':
      return { type: 'array', items: key.oneOf === undefined ? reference('word') : { enum: key.oneOf } };
    case 'options':
      return { type: ['string', 'array'], items: reference('word') };
    case 'items':
      return { type: 'array', items: reference(`${name}_item`) };
  }
}

function sizeSchema(pattern: string): Schema {
  return {
    anyOf: [
      { type: 'integer', minimum: 1 },
      { type: 'string', pattern },
    ],
  };
}

function reference(name: string): Schema {
  return { $ref: `#/$defs/${name}` };
}
