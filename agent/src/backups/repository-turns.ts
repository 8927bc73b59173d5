/** Whether a call changes nothing that others read, or has a repository to itself. */
export type Turn = 'shared' | 'alone'

interface Waiting {
  turn: Turn
  begin: () => void
}

interface Line {
  shared: number
  isAlone: boolean
  waiting: Waiting[]
}

/**
 * Who works with a repository at this moment: any number of backups and restores together, or the
 * removal of snapshots alone. restic's own locks say the same across machines, but whoever comes second
 * fails there; here they wait, in the order in which they came.
 */
export function createRepositoryTurns() {
  const lines = new Map<string, Line>()

  const advance = (key: string, line: Line): void => {
    for (let next = line.waiting[0]; next !== undefined; next = line.waiting[0]) {
      const mayBegin = next.turn === 'alone' ? line.shared === 0 && !line.isAlone : !line.isAlone
      if (!mayBegin) return
      line.waiting.shift()
      if (next.turn === 'alone') line.isAlone = true
      else line.shared += 1
      next.begin()
    }
    if (line.shared === 0 && !line.isAlone) lines.delete(key)
  }

  return {
    /** Rejects with the signal's reason where it is over before the turn has come. */
    async take<Result>(
      key: string,
      turn: Turn,
      signal: AbortSignal,
      work: () => Promise<Result>,
    ): Promise<Result> {
      signal.throwIfAborted()
      const line = lines.get(key) ?? { shared: 0, isAlone: false, waiting: [] }
      lines.set(key, line)
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const mine: Waiting = { turn, begin: resolve }
      const giveUp = (): void => {
        const at = line.waiting.indexOf(mine)
        if (at === -1) return
        line.waiting.splice(at, 1)
        reject(signal.reason)
        advance(key, line)
      }
      line.waiting.push(mine)
      signal.addEventListener('abort', giveUp, { once: true })
      advance(key, line)
      try {
        await promise
      } finally {
        signal.removeEventListener('abort', giveUp)
      }
      try {
        return await work()
      } finally {
        if (turn === 'alone') line.isAlone = false
        else line.shared -= 1
        advance(key, line)
      }
    },
  }
}
export type RepositoryTurns = ReturnType<typeof createRepositoryTurns>
