const FIRST_BYTES = 4_096
const CHUNK_BYTES = 65_536

/**
 * Lines that wait to be written, copied out of the heap at once: text that waits a second is what the
 * collector would have to carry around.
 */
export function createLineBuffer() {
  let full: Buffer[] = []
  let current = Buffer.allocUnsafe(0)
  let used = 0

  function turnOver(nextBytes: number): void {
    if (used > 0) full.push(current.subarray(0, used))
    current = Buffer.allocUnsafe(nextBytes)
    used = 0
  }

  return {
    /** Gives the number of bytes that it takes. */
    add(line: string): number {
      const mostBytes = line.length * 3
      if (current.length - used < mostBytes)
        turnOver(Math.max(full.length === 0 ? FIRST_BYTES : CHUNK_BYTES, mostBytes))
      const written = current.write(line, used)
      used += written
      return written
    },
    /** Everything since the last call. */
    take(): Buffer {
      turnOver(0)
      const taken = Buffer.concat(full)
      full = []
      return taken
    },
  }
}
export type LineBuffer = ReturnType<typeof createLineBuffer>
