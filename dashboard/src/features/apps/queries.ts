import { queryOptions } from '@tanstack/react-query'
import { App } from '@vastrox/shared/app.ts'
import type { Page } from '@vastrox/shared/page.ts'
import { api } from '#lib/api.ts'
import { longPageOf } from '#lib/list-of.ts'

const appPage = longPageOf<App>()

export const appsQuery = queryOptions({
  queryKey: ['app-list'],
  queryFn: async ({ signal }) => {
    const apps: App[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const path: string = `/apps?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
      const page: Page<App> = await api.get(path, appPage, { signal })
      apps.push(...page.items)
      cursor = page.nextCursor
    }
    return apps
  },
})

export const appQuery = (name: string) =>
  queryOptions({
    queryKey: ['app', name, 'detail'],
    queryFn: ({ signal }) => api.get(`/apps/${name}`, App, { signal }),
  })
