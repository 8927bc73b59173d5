import { type RefObject, useLayoutEffect, useState } from 'react'
import { rowWindow, type RowWindow } from '#lib/virtual-rows.ts'

/** Fewer than so many are all drawn: the browser's own search finds them then. */
const ALL_UP_TO = 60

/** Which rows of a long list are drawn while the page itself scrolls. `list` is what holds the rows. */
export function useWindowRows(
  list: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): RowWindow {
  const isWhole = count <= ALL_UP_TO
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

  if (isWhole) return { first: 0, last: count, top: 0, height: count * rowHeight }
  return rowWindow({ count, rowHeight, ...seen })
}

interface Seen {
  scrollTop: number
  viewport: number
}

/** More rows than are seen are drawn, so that not each pixel draws them anew. */
const isNear = (now: Seen, next: Seen, rowHeight: number): boolean =>
  now.viewport === next.viewport && Math.abs(now.scrollTop - next.scrollTop) < 2 * rowHeight
