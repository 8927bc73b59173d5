import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/**
 * Runs the work while the proxies have the last core to themselves, all threads of each, and everything
 * else of the bench has the others: these processes, this one, and those that it starts meanwhile. On
 * one core they share it.
 */
export async function onCoresOfTheirOwn<Result>(
  { proxies, others }: { proxies: readonly number[]; others: readonly number[] },
  work: () => Promise<Result>,
): Promise<Result> {
  const last = availableParallelism() - 1
  if (last === 0) return work()
  const rest = [...others, process.pid]
  try {
    await moveTo(`0-${last - 1}`, rest)
    await moveTo(String(last), proxies)
    return await work()
  } finally {
    await moveTo(`0-${last}`, [...rest, ...proxies])
  }
}

/** A process or thread that ends meanwhile need not be moved. */
async function moveTo(cores: string, pids: readonly number[]): Promise<void> {
  for (const pid of pids)
    await execute('/usr/bin/taskset', ['-acp', cores, String(pid)]).catch((error: unknown) => {
      if (!String(error).includes('No such process')) throw error
    })
}
