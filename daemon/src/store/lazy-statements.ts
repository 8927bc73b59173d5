import type BetterSqlite3 from 'better-sqlite3'

/** They say how rows are given, and need no prepared statement to be said. */
const MODES = new Set(['pluck', 'raw', 'expand', 'safeIntegers'])

/**
 * From now on `prepare` gives statements that SQLite compiles when they are first used: each of some
 * hundreds takes 7 KB, and a daemon at rest has used a third of them. An error in one's text shows then,
 * so a test prepares them all.
 */
export function prepareLazily(db: BetterSqlite3.Database): void {
  const prepare = db.prepare.bind(db)
  Object.defineProperty(db, 'prepare', {
    configurable: true,
    value: (sql: string) => lazyStatement(() => prepare(sql)),
  })
}

function lazyStatement(open: () => BetterSqlite3.Statement): object {
  let statement: BetterSqlite3.Statement | undefined
  const modes: (() => unknown)[] = []
  const opened = (): BetterSqlite3.Statement => {
    if (statement) return statement
    statement = open()
    for (const apply of modes) apply()
    return statement
  }
  const callOf = (key: string | symbol, given: unknown[]): unknown => {
    const target = opened()
    const result: unknown = Reflect.apply(Reflect.get(target, key), target, given)
    return result === target ? lazy : result
  }
  const lazy: object = new Proxy(
    {},
    {
      // What counts statements finds the real one, and not that of every object there is.
      getPrototypeOf: () => Object.getPrototypeOf(opened()),
      get(_target, key) {
        if (statement === undefined && typeof key === 'string' && MODES.has(key))
          return (...given: unknown[]) => {
            modes.push(() => callOf(key, given))
            return lazy
          }
        const value: unknown = Reflect.get(opened(), key)
        return typeof value === 'function' ? (...given: unknown[]) => callOf(key, given) : value
      },
    },
  )
  return lazy
}
