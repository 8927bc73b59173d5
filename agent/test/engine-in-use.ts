import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import { createEngine } from '#agent/engine/engine.ts'
import { ENGINE_SOCKET } from '#test/running-agent.ts'

const Ids = z.array(z.object({ Id: z.string() }))
/** Two blocks of nothing: a tar without files. */
const EMPTY_TAR = Buffer.alloc(1_024)

/**
 * Holds the prepared images while these tests run, as an installation does that is at work: the last
 * one on an engine takes them along when it is purged, and a test that installs and purges may run
 * beside one that builds on them.
 */
export async function setup(): Promise<() => Promise<void>> {
  const engine = createEngine(ENGINE_SOCKET)
  const label = `${LABEL.instance}=test-${randomBytes(4).toString('hex')}`
  const query = { fromSrc: '-', changes: `LABEL ${label}` }
  await engine.act('POST', '/images/create', { query, body: Readable.from([EMPTY_TAR]) })
  return async () => {
    const filters = JSON.stringify({ label: [label] })
    for (const { Id } of await engine.get('/images/json', Ids, { query: { filters } }))
      await engine.act('DELETE', `/images/${Id}`)
    engine.close()
  }
}
