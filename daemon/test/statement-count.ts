import type { Database } from '#store/database.ts'

const READS = ['get', 'all', 'run', 'iterate'] as const

/** How many statements the database is asked from now on: what an answer cost, whatever the machine is doing. */
export function countStatements(db: Database): { stop: () => number } {
  const prepared = Object.getPrototypeOf(db.prepare('SELECT 1'))
  const kept = READS.map((name) => [name, prepared[name]] as const)
  let count = 0
  for (const [name, work] of kept)
    prepared[name] = function (this: unknown, ...args: unknown[]) {
      count += 1
      return work.apply(this, args)
    }
  return {
    stop: () => {
      for (const [name, work] of kept) prepared[name] = work
      return count
    },
  }
}
