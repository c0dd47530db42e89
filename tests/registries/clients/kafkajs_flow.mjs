// What a JavaScript producer and consumer do with @kafkajs/confluent-schema-registry; prints what they saw as JSON.
// node kafkajs_flow.mjs FOLDER_OF_NODE_MODULES REGISTRY_URL
import { createRequire } from 'node:module'

const [, , modules, host] = process.argv
const { SchemaRegistry, SchemaType } = createRequire(`${modules}/`)('@kafkajs/confluent-schema-registry')
const registry = new SchemaRegistry({ host, retry: { retries: 0 } })
const record = fields => JSON.stringify({ type: 'record', name: 'Order', namespace: 'shop', fields })
const first = { type: SchemaType.AVRO, schema: record([{ name: 'id', type: 'long' }]) }
const { id } = await registry.register(first, { subject: 'js-order' })
const again = await registry.register(first, { subject: 'js-order' })
const payload = await registry.encode(id, { id: 7 })
const json = { type: SchemaType.JSON, schema: JSON.stringify({ type: 'object', properties: { id: { type: 'integer' } } }) }
const click = await registry.register(json, { subject: 'js-click' })
let refused = ''
try {
  await registry.register(
    { type: SchemaType.AVRO, schema: record([{ name: 'id', type: 'long' }, { name: 'sum', type: 'double' }]) },
    { subject: 'js-order' },
  )
} catch (error) {
  refused = error.message
}
console.log(JSON.stringify({
  again: again.id === id,
  framed: payload[0] === 0 && payload.readInt32BE(1) === id,
  decoded: await registry.decode(payload),
  latest: await registry.getLatestSchemaId('js-order') === id,
  found: await registry.getRegistryIdBySchema('js-order', first) === id,
  click: await registry.decode(await registry.encode(click.id, { id: 1 })),
  refused: /incompatible|compatibility/i.test(refused),
}))
