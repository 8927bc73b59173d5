import { ArrowDown } from 'lucide-react'
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { LogRow } from '#features/logs/log-row.tsx'
import type { ShownLog } from '#features/logs/use-log.ts'
import { rowWindow, scrollTo } from '#lib/virtual-rows.ts'
import { t } from '#lib/words.ts'

interface Props {
  log: ShownLog
  label: string
  /** What was looked for is marked. */
  search: string
  /** The line that somebody was sent to. */
  target: string | undefined
  empty: ReactNode
  onAround: (id: string, at: string) => void
  onField: (name: string, value: string) => void
}

const ROW_PX = 22
// `transition-none` below: where motion is reduced every change takes a moment, and heights are needed at once.
/** How near to the end still counts as reading along. */
const NEAR_END_PX = 32
/** So far from the beginning what is before it is read. */
const NEAR_BEGINNING_PX = 600

/** As many lines as there are, of which only those are drawn that are seen. */
export function LogList(props: Props) {
  const { log, label, search, target, empty, onAround, onField } = props
  const { store, reading, isAtBeginning, readMore } = log
  const box = useRef<HTMLDivElement>(null)
  const [scrollTop, setScrollTop] = useState(0)
  const [viewport, setViewport] = useState(600)
  const [isFollowing, setIsFollowing] = useState(target === undefined)
  const [openId, setOpenId] = useState<string>()
  const [openHeight, setOpenHeight] = useState(0)
  const count = store.count()
  const openIndex = openId === undefined ? -1 : store.indexOf(openId)
  const asked = {
    count,
    rowHeight: ROW_PX,
    viewport,
    ...(openIndex >= 0 && { open: { index: openIndex, height: openHeight } }),
  }
  const { first, last, top, height } = rowWindow({ ...asked, scrollTop })
  const moved = store.moved()
  // Said at once, not with the next drawing: lines may come in between.
  const place = useRef({ moved, isFollowing: target === undefined, isFound: false })

  const follow = useCallback((next: boolean) => {
    place.current.isFollowing = next
    setIsFollowing(next)
  }, [])

  useEffect(() => {
    const at = box.current
    if (!at) return undefined
    const watch = new ResizeObserver(() => setViewport(at.clientHeight))
    watch.observe(at)
    return () => watch.disconnect()
  }, [])

  // What came in front of what is read, or went there, moves it not.
  useLayoutEffect(() => {
    const at = box.current
    const by = (moved - place.current.moved) * ROW_PX
    place.current.moved = moved
    if (at && by !== 0 && !place.current.isFollowing) at.scrollTop += by
  }, [moved])

  useLayoutEffect(() => {
    const at = box.current
    if (at && place.current.isFollowing) at.scrollTop = height
  }, [height])

  useLayoutEffect(() => {
    const at = box.current
    if (!at || target === undefined || place.current.isFound || count === 0) return
    place.current.isFound = true
    const index = store.indexOf(target)
    at.scrollTop = scrollTo(index < 0 ? count - 1 : index, {
      count,
      rowHeight: ROW_PX,
      viewport: at.clientHeight,
    })
  }, [target, count, store])

  /** Whoever looks at a line is not carried away from it. */
  const toggle = useCallback(
    (id: string | undefined) => {
      setOpenId(id)
      if (id !== undefined) follow(false)
    },
    [follow],
  )

  const onScroll = (): void => {
    const at = box.current
    if (!at) return
    setScrollTop(at.scrollTop)
    const isAtEnd = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_END_PX
    if (isAtEnd !== place.current.isFollowing) follow(isAtEnd)
    if (at.scrollTop < NEAR_BEGINNING_PX && !isAtBeginning) readMore()
  }

  const toNewest = (): void => {
    follow(true)
    if (box.current) box.current.scrollTop = height
  }

  const rows = []
  for (let index = first; index < last; index += 1) {
    const line = store.line(index)
    if (line)
      rows.push(
        <LogRow
          // A line without a place of its own is known by where it stands.
          key={line.id || `${line.at} ${index - moved}`}
          line={line}
          search={search}
          isTarget={line.id !== '' && line.id === target}
          isOpen={index === openIndex}
          onToggle={toggle}
          onHeight={setOpenHeight}
          onAround={onAround}
          onField={onField}
        />,
      )
  }

  return (
    <div className="relative h-[calc(100dvh-21rem)] min-h-96">
      <div
        ref={box}
        onScroll={onScroll}
        role="log"
        aria-live="off"
        aria-label={label}
        aria-busy={reading === 'first'}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, also by keyboard
        tabIndex={0}
        className="h-full overflow-x-hidden overflow-y-auto bg-console font-mono text-xs [overflow-anchor:none]"
      >
        {count === 0 && reading === 'idle' && (
          <div className="px-4 py-6 font-sans text-base text-muted">{empty}</div>
        )}
        {count > 0 && (
          <div className="relative transition-none" style={{ height }}>
            <div
              className="absolute inset-x-0 top-0 transition-none"
              style={{ transform: `translateY(${top}px)` }}
            >
              {rows}
            </div>
          </div>
        )}
      </div>
      {reading !== 'idle' && (
        <output className="absolute top-2 left-1/2 -translate-x-1/2 rounded-full border border-line bg-raised px-3 py-1 text-sm text-muted shadow-float">
          {reading === 'first' ? t('Looking …') : t('Reading older lines …')}
        </output>
      )}
      {!isFollowing && count > 0 && (
        <button
          type="button"
          onClick={toNewest}
          className="rise absolute right-4 bottom-4 flex h-8 items-center gap-1.5 rounded-full border border-line bg-raised px-3 text-sm font-medium shadow-float hover:bg-hover"
        >
          <ArrowDown size={14} aria-hidden />
          {t('To the newest line')}
        </button>
      )}
    </div>
  )
}
