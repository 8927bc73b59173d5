/**
 * Tells whatever is open that what somebody may do has changed: streams, sessions over SSH and FTP. Each
 * of them looks for itself whether it may go on.
 */
export function createAccessChanges() {
  const listeners = new Set<() => void>()
  let isWaiting = false

  return {
    /** To be called after the rows have been written; several at once are told as one. */
    tell(): void {
      if (isWaiting) return
      isWaiting = true
      setImmediate(() => {
        isWaiting = false
        for (const listener of listeners) listener()
      })
    },

    onChange: (listener: () => void): void => {
      listeners.add(listener)
    },
  }
}
export type AccessChanges = ReturnType<typeof createAccessChanges>
