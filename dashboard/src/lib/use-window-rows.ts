import { type RefObject, useLayoutEffect, useState } from 'react'
import {
  type MeasuredWindow,
  measuredWindow,
  rowWindow,
  type RowWindow,
} from '#lib/virtual-rows.ts'

/** Fewer than so many are all drawn: the browser's own search finds them then. */
const ALL_UP_TO = 60

/** Which rows of a long list are drawn while the page itself scrolls. `list` is what holds the rows. */
export function useWindowRows(
  list: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): RowWindow {
  const isWhole = count <= ALL_UP_TO
  const seen = useSeen(list, isWhole, rowHeight)
  if (isWhole) return { first: 0, last: count, top: 0, height: count * rowHeight }
  return rowWindow({ count, rowHeight, ...seen })
}

/**
 * The same for rows of which each has a height of its own: it is measured once it is drawn, and
 * `guess` until then. The children of `list` are the rows, each with its id as `data-row`.
 */
export function useMeasuredRows(
  list: RefObject<HTMLElement | null>,
  ids: readonly string[],
  guess: number,
): MeasuredWindow {
  const isWhole = ids.length <= ALL_UP_TO
  const seen = useSeen(list, isWhole, guess)
  const [heights, setHeights] = useState<ReadonlyMap<string, number>>(new Map())
  const { first, last, above, below } = isWhole
    ? { first: 0, last: ids.length, above: 0, below: 0 }
    : measuredWindow(
        ids.map((id) => heights.get(id) ?? guess),
        seen,
      )

  useLayoutEffect(() => {
    const rows = list.current
    if (isWhole || !rows) return undefined
    const sizes = new ResizeObserver((entries) => setHeights((now) => withSizes(now, entries)))
    const changes = new MutationObserver((records) => {
      for (const { addedNodes, removedNodes } of records) {
        for (const row of removedNodes) if (row instanceof Element) sizes.unobserve(row)
        for (const row of addedNodes) if (row instanceof Element) sizes.observe(row)
      }
    })
    for (const row of rows.children) sizes.observe(row)
    changes.observe(rows, { childList: true })
    return () => {
      sizes.disconnect()
      changes.disconnect()
    }
  }, [isWhole, list])

  return { first, last, above, below }
}

/** The same as before where nothing is another height now. */
function withSizes(
  before: ReadonlyMap<string, number>,
  entries: readonly ResizeObserverEntry[],
): ReadonlyMap<string, number> {
  const changed = entries.flatMap(({ target, borderBoxSize: [box] }): [string, number][] => {
    const id = target.getAttribute('data-row')
    const height = box?.blockSize ?? 0
    const isSame = id === null || Math.abs((before.get(id) ?? 0) - height) < 1
    return isSame || !target.isConnected ? [] : [[id, height]]
  })
  return changed.length === 0 ? before : new Map([...before, ...changed])
}

interface Seen {
  /** How far the list has gone beyond the upper edge. */
  scrollTop: number
  viewport: number
}

function useSeen(list: RefObject<HTMLElement | null>, isWhole: boolean, rowHeight: number): Seen {
  const [seen, setSeen] = useState({ scrollTop: 0, viewport: window.innerHeight })

  useLayoutEffect(() => {
    if (isWhole) return undefined
    let frame = 0
    const look = () => {
      frame = 0
      const top = list.current?.getBoundingClientRect().top ?? 0
      const next = { scrollTop: Math.max(0, -top), viewport: window.innerHeight }
      setSeen((now) => (isNear(now, next, rowHeight) ? now : next))
    }
    const soon = () => {
      if (frame === 0) frame = requestAnimationFrame(look)
    }
    look()
    window.addEventListener('scroll', soon, { passive: true })
    window.addEventListener('resize', soon)
    return () => {
      cancelAnimationFrame(frame)
      window.removeEventListener('scroll', soon)
      window.removeEventListener('resize', soon)
    }
  }, [isWhole, list, rowHeight])

  return seen
}

/** More rows than are seen are drawn, so that not each pixel draws them anew. */
const isNear = (now: Seen, next: Seen, rowHeight: number): boolean =>
  now.viewport === next.viewport && Math.abs(now.scrollTop - next.scrollTop) < 2 * rowHeight
