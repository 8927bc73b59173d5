import { setTimeout as sleep } from 'node:timers/promises'
import { log } from './log.js'
import { whenStopped } from './stop.js'
import { work } from './work.js'

const PAUSE_MS = 10_000

const stopped = whenStopped()
let rounds = 0
log.info('the worker begins')
while (!stopped.aborted) {
  // A round that has begun is finished; between two the worker can go at once.
  log.info({ rounds: ++rounds }, work(process.env.GREETING))
  await sleep(PAUSE_MS, undefined, { signal: stopped }).catch(() => {})
}
log.info({ rounds }, 'the worker has finished')
