import { createLogRate } from '#agent/containers/log-rate.ts'
import type { Engine } from '#agent/engine/engine.ts'

/** What the engine spends on a line is as much as on so many bytes. */
const LINE_COSTS = 100
const COST_PER_SECOND = 2 ** 19
const BURST_COST = 2 ** 20
/** So long below half of it, and the program may print as it likes again. */
const QUIET_MS = 5_000
const NEWLINE = 10

interface Options {
  quietMs?: number
  costPerSecond?: number
}

/**
 * Slows a program down that prints without end, at its source: for as long as somebody is attached to a
 * container and reads slowly, the engine takes no more of it than that, and the program waits in its
 * own write. Otherwise the engine, which is in no fence, would spend a core or two on writing down what
 * nobody can read (1 GB in seconds). Resolves once the program prints less, or is gone; never rejects.
 */
export async function slowDown(
  engine: Pick<Engine, 'hijack'>,
  name: string,
  signal: AbortSignal,
  { quietMs = QUIET_MS, costPerSecond = COST_PER_SECOND }: Options = {},
): Promise<void> {
  const take = createLogRate({ bytesPerSecond: costPerSecond, burstBytes: BURST_COST })
  const least = (costPerSecond * quietMs) / 2_000
  let cost = 0
  let lookAgain: NodeJS.Timeout | undefined
  const over = new AbortController()
  const ends = AbortSignal.any([signal, over.signal])
  try {
    const { socket } = await engine.hijack(
      `/containers/${encodeURIComponent(name)}/attach`,
      { Upgrade: 'tcp' },
      { query: { stream: true, stdout: true, stderr: true } },
    )
    const end = (): void => void socket.destroy()
    ends.addEventListener('abort', end, { once: true })
    if (ends.aborted) end()
    lookAgain = setInterval(() => {
      if (cost < least) over.abort()
      cost = 0
    }, quietMs)
    for await (const chunk of socket) {
      const price = chunk.length + LINE_COSTS * linesIn(chunk)
      cost += price
      await take(price, ends)
    }
  } catch {
    // Over, or the container is gone, or the engine is: nothing is slowed down any more.
  } finally {
    clearInterval(lookAgain)
  }
}

function linesIn(chunk: Uint8Array): number {
  let lines = 0
  for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) lines += 1
  return lines
}
