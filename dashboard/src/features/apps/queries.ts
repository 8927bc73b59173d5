import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { App, type CreateApp, DestroyedApp } from '@vastrox/shared/app.ts'
import { type Page, pageOf } from '@vastrox/shared/page.ts'
import { api } from '#lib/api.ts'
import { ignored, itemsOf } from '#lib/list-of.ts'

const appPage = pageOf(App)
const trashList = itemsOf(DestroyedApp)

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

/** Destroyed apps, which can be taken back for 7 days. */
export const trashQuery = queryOptions({
  queryKey: ['app-list', 'trash'],
  queryFn: ({ signal }) => api.get('/destroyed-apps', trashList, { signal }),
})

export function useRestoreApp() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => api.post(`/destroyed-apps/${name}/restore`, ignored),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: appsQuery.queryKey }),
  })
}

export const appQuery = (name: string) =>
  queryOptions({
    queryKey: ['app', name, 'detail'],
    queryFn: ({ signal }) => api.get(`/apps/${name}`, App, { signal }),
  })

export function useCreateApp() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (input: CreateApp) => api.post('/apps', App, input),
    onSuccess: (app) => {
      queryClient.setQueryData(appQuery(app.name).queryKey, app)
      return queryClient.invalidateQueries({ queryKey: appsQuery.queryKey })
    },
  })
}
