import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import {
  type RangeSearch,
  rangeSearch,
  type Span,
  spanOf,
  zoomed,
} from '#features/metrics/ranges.ts'

interface UseSpan {
  span: Span
  set: (search: RangeSearch) => void
  zoom: (fromSeconds: number, toSeconds: number) => void
  /** Back to what goes on with time. */
  zoomOut: () => void
}

/** The time that the charts of a page show, kept in its address. */
export function useSpan(): UseSpan {
  const search: Record<string, unknown> = useSearch({ strict: false })
  const navigate = useNavigate()
  const { range, from, to } = rangeSearch(search)
  return useMemo(() => {
    const set = (next: RangeSearch): void =>
      void navigate({
        to: '.',
        search: ({ range: _range, from: _from, to: _to, ...rest }: Record<string, unknown>) => ({
          ...rest,
          ...next,
        }),
        resetScroll: false,
      })
    return {
      span: spanOf({
        ...(range && { range }),
        ...(from !== undefined && to !== undefined && { from, to }),
      }),
      set,
      zoom: (fromSeconds, toSeconds) => set(zoomed(fromSeconds, toSeconds, new Date())),
      zoomOut: () => set({}),
    }
  }, [range, from, to, navigate])
}
