import { useEffect, useState } from 'react'
import type { z } from 'zod'
import { follow, type StreamState } from '#lib/stream.ts'

export const MOST_LINES = 5_000
const GATHER_MS = 80

interface Options<T> {
  /** Undefined while there is nothing to follow. */
  url: string | undefined
  schema: z.ZodType<T>
  /** A line's place in its stream, where it has one: lines that came already are dropped. */
  seqOf?: (line: T) => number
  /** What tells lines apart that have no place: after a break those that are shown are dropped. */
  keyOf?: (line: T) => string
  /** True for the line that ends the stream. */
  isLast?: (line: T) => boolean
}

export interface Lines<T> {
  lines: readonly Numbered<T>[]
  state: StreamState | 'ended'
}

export interface Numbered<T> {
  id: number
  line: T
}

/**
 * The lines of a stream, newest last, at most 5,000 of them. Lines that come together are shown
 * together, so that a busy build does not draw the page a thousand times. The options must be the
 * same objects from one rendering to the next, the address apart.
 */
export function useLines<T>({ url, schema, seqOf, keyOf, isLast }: Options<T>): Lines<T> {
  const [shown, setShown] = useState<Lines<T>>({ lines: [], state: 'connecting' })

  useEffect(() => {
    if (url === undefined) return undefined
    let waiting: Numbered<T>[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    let id = 0
    let lastSeq = 0
    let broken = false
    const seen: string[] = []
    let repeats = new Set<string>()

    const flush = () => {
      const fresh = waiting
      waiting = []
      timer = undefined
      setShown((before) => ({ ...before, lines: [...before.lines, ...fresh].slice(-MOST_LINES) }))
    }

    const stop = follow({
      url: () => (seqOf && lastSeq > 0 ? `${url}?after=${lastSeq}` : url),
      schema,
      onItem(line) {
        const seq = seqOf?.(line)
        if (seq !== undefined && seq <= lastSeq) return
        lastSeq = seq ?? lastSeq
        const key = keyOf?.(line)
        if (key !== undefined) {
          if (repeats.delete(key)) return
          if (seen.push(key) > MOST_LINES) seen.shift()
        }
        id += 1
        waiting.push({ id, line })
        timer ??= setTimeout(flush, GATHER_MS)
        if (isLast?.(line) !== true) return
        stop()
        setShown((before) => ({ ...before, state: 'ended' }))
      },
      onState(state) {
        if (state === 'reconnecting') broken = true
        if (state === 'open' && broken) {
          broken = false
          repeats = new Set(seen)
        }
        setShown((before) => ({ ...before, state }))
      },
    })

    return () => {
      stop()
      clearTimeout(timer)
      setShown({ lines: [], state: 'connecting' })
    }
  }, [url, schema, seqOf, keyOf, isLast])

  return shown
}
