interface Asked {
  count: number
  rowHeight: number
  /** The one row that is open, and how much higher it is. */
  open?: { index: number; height: number } | undefined
  scrollTop: number
  viewport: number
}

export interface RowWindow {
  /** The rows to draw: first up to, and without, last. */
  first: number
  last: number
  /** Where the first of them stands, in the box that scrolls. */
  top: number
  /** Of all that scrolls. */
  height: number
}

/** Browsers lay out no more than some 17 million pixels (Firefox) or 33 million (Chromium). */
export const MOST_PX = 15_000_000
/** Drawn above and below what is seen, so that scrolling meets no gap. */
const MORE_ROWS = 12

const offsetOf = (index: number, { rowHeight, open }: Pick<Asked, 'rowHeight' | 'open'>): number =>
  index * rowHeight + (open && index > open.index ? open.height : 0)

function indexAt(offset: number, { count, rowHeight, open }: Asked): number {
  const plain = Math.floor(offset / rowHeight)
  if (!open || plain <= open.index) return Math.max(0, Math.min(count - 1, plain))
  const behind = Math.floor((offset - open.height) / rowHeight)
  return Math.max(open.index, Math.min(count - 1, behind))
}

/** Of the whole height and what of it is seen: how far one can scroll, and what a pixel of it means. */
function scaleOf(asked: Asked): { height: number; range: number; factor: number } {
  const whole = offsetOf(asked.count, asked)
  const height = Math.min(whole, MOST_PX)
  const range = Math.max(0, height - asked.viewport)
  const factor = range > 0 ? Math.max(0, whole - asked.viewport) / range : 1
  return { height, range, factor }
}

/** Which of very many rows are drawn, and where: only those that are seen, and a few more. */
export function rowWindow(asked: Asked): RowWindow {
  const { height, range, factor } = scaleOf(asked)
  if (asked.count === 0) return { first: 0, last: 0, top: 0, height: 0 }
  const scrollTop = Math.max(0, Math.min(range, asked.scrollTop))
  const offset = scrollTop * factor
  const first = Math.max(0, indexAt(offset, asked) - MORE_ROWS)
  const last = Math.min(asked.count, indexAt(offset + asked.viewport, asked) + 1 + MORE_ROWS)
  return { first, last, top: scrollTop + offsetOf(first, asked) - offset, height }
}

/** How far to scroll so that a row is a third below the upper edge. */
export function scrollTo(index: number, asked: Omit<Asked, 'scrollTop'>): number {
  const { range, factor } = scaleOf({ ...asked, scrollTop: 0 })
  const offset = offsetOf(index, asked) - asked.viewport / 3
  return Math.max(0, Math.min(range, offset / factor))
}

/** The rows of a list to draw, and how much room is kept above and below them. */
export interface MeasuredWindow {
  first: number
  last: number
  above: number
  below: number
}

/** Of rows of which each has a height of its own, measured or guessed: those that are seen, and a few more. */
export function measuredWindow(
  heights: readonly number[],
  { scrollTop, viewport }: Pick<Asked, 'scrollTop' | 'viewport'>,
): MeasuredWindow {
  const tops = [0]
  for (const height of heights) tops.push((tops.at(-1) ?? 0) + height)
  const whole = tops.at(-1) ?? 0
  const top = Math.max(0, Math.min(whole - viewport, scrollTop))
  const seenFrom = heights.findIndex((height, at) => (tops[at] ?? 0) + height > top)
  const seenTo = heights.findLastIndex((_, at) => (tops[at] ?? 0) < top + viewport)
  const first = Math.max(0, seenFrom - MORE_ROWS)
  const last = Math.min(heights.length, seenTo + 1 + MORE_ROWS)
  return { first, last, above: tops[first] ?? 0, below: whole - (tops[last] ?? whole) }
}
