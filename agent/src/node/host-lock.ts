import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { log } from '#agent/node/log.ts'

const TRY_AGAIN_MS = 20
const GIVE_UP_MS = 5_000

/**
 * One at a time on this machine, whichever installation. The lock is an abstract socket, which the
 * kernel gives back when its holder dies. What is locked this way can be repeated without harm, so
 * after a while the work goes on without it rather than not at all.
 */
export async function withHostLock<Result>(
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const until = Date.now() + GIVE_UP_MS
  let held = await tryHold(name)
  while (!held && Date.now() < until) {
    await sleep(TRY_AGAIN_MS)
    held = await tryHold(name)
  }
  if (!held) log('lock.taken', { name })
  try {
    return await work()
  } finally {
    held?.close()
  }
}

function tryHold(name: string): Promise<Server | undefined> {
  const { promise, resolve } = Promise.withResolvers<Server | undefined>()
  const server = createServer((socket) => socket.destroy())
  server.once('error', () => resolve(undefined))
  server.listen(`\0vastrox-${name}`, () => resolve(server))
  return promise
}
