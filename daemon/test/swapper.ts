import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'

/** In a thread of its own: what the tree does gives up no turn in between. */
const SWAPPER = `
const { renameSync, rmSync, symlinkSync } = require('node:fs')
const { parentPort, workerData } = require('node:worker_threads')
const { root, outside, stop } = workerData
const [real, kept] = [root + '/d', root + '/kept']
const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random())
parentPort.postMessage('begun')
let swaps = 0
while (Atomics.load(stop, 0) === 0) {
  renameSync(real, kept)
  symlinkSync(outside, real)
  pause()
  rmSync(real)
  renameSync(kept, real)
  pause()
  swaps += 1
}
parentPort.postMessage(swaps)
`

/**
 * Makes the directory `d` in `root` and swaps it for a link to `outside` and back, again and again,
 * until it is ended; gives the number of swaps then.
 */
export async function startSwapping(root: string, outside: string) {
  mkdirSync(join(root, 'd'))
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const swapper = new Worker(SWAPPER, { eval: true, workerData: { root, outside, stop } })
  await once(swapper, 'message')
  return {
    async end(): Promise<number> {
      Atomics.store(stop, 0, 1)
      const [swaps] = await once(swapper, 'message')
      return Number(swaps)
    },
  }
}
