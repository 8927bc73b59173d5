import BetterSqlite3 from 'better-sqlite3'

const READS = ['get', 'all', 'run', 'iterate'] as const

/** What every prepared statement is made of. */
const prepared = prototypeOfStatements()

function prototypeOfStatements() {
  const own = new BetterSqlite3(':memory:')
  try {
    return Object.getPrototypeOf(own.prepare('SELECT 1'))
  } finally {
    own.close()
  }
}

/** How many statements any database is asked from now on: what an answer cost, whatever the machine is doing. */
export function countStatements(): { stop: () => number } {
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
