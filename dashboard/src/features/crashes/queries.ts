import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { pageOf } from '@vastrox/shared/page.ts'
import { Crash, CrashDetails } from '@vastrox/shared/process.ts'
import { api } from '#lib/api.ts'

const crashPage = pageOf(Crash)

export const crashesQuery = (app: string) =>
  infiniteQueryOptions({
    queryKey: ['app', app, 'crashes'],
    queryFn: ({ pageParam, signal }) =>
      api.get(
        `/apps/${app}/crashes?limit=50${pageParam === '' ? '' : `&cursor=${encodeURIComponent(pageParam)}`}`,
        crashPage,
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  })

export const crashQuery = (app: string, number: number) =>
  queryOptions({
    queryKey: ['app', app, 'crash', String(number)],
    queryFn: ({ signal }) => api.get(`/apps/${app}/crashes/${number}`, CrashDetails, { signal }),
  })
