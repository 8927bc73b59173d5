import { Readable } from 'node:stream'
import { isAlive } from '@vastrox/shared/node/is-alive.ts'
import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import { createEngine, type Engine } from '#agent/engine/engine.ts'
import { ENGINE_SOCKET, removeLeftOver } from '#test/test-installation.ts'

const Images = z.array(
  z.object({ Id: z.string(), Labels: z.record(z.string(), z.string()).nullable() }),
)
/** Two blocks of nothing: a tar without files. */
const EMPTY_TAR = Buffer.alloc(1_024)
/** Before the number of the process whose tests are at work. */
const MARK = 'tests-of-'

/**
 * Holds the prepared images while these tests run, as an installation does that is at work: the last
 * one on an engine takes them along when it is purged, and a test that installs and purges may run
 * beside one that builds on them. What a run that was killed has left goes first.
 */
export async function setup(): Promise<() => Promise<void>> {
  const mine = `${MARK}${process.pid}`
  await removeLeftOver()
  await withEngine(async (engine) => {
    const query = { fromSrc: '-', changes: `LABEL ${LABEL.instance}=${mine}` }
    await engine.act('POST', '/images/create', { query, body: Readable.from([EMPTY_TAR]) })
    const marks = await removeMarks(engine, (mark) => !isAlive(Number(mark.slice(MARK.length))))
    if (!marks.includes(mine)) throw new Error('the engine did not take the image that marks it')
  })
  return () =>
    withEngine(async (engine) => void (await removeMarks(engine, (mark) => mark === mine)))
}

/** Removes some of them, and tells which there were. */
async function removeMarks(engine: Engine, goes: (mark: string) => boolean): Promise<string[]> {
  const marks: string[] = []
  const query = { filters: JSON.stringify({ label: [LABEL.instance] }) }
  for (const { Id, Labels } of await engine.get('/images/json', Images, { query })) {
    const mark = Labels?.[LABEL.instance] ?? ''
    if (!mark.startsWith(MARK)) continue
    marks.push(mark)
    if (goes(mark)) await engine.act('DELETE', `/images/${Id}`)
  }
  return marks
}

async function withEngine(work: (engine: Engine) => Promise<void>): Promise<void> {
  const engine = createEngine(ENGINE_SOCKET)
  await work(engine).finally(() => engine.close())
}
